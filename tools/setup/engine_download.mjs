// Downloads Pulumi's release: one archive with the CLI and all its language hosts.
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mustRun, run } from "../process/run.mjs";
import { elapsed, print, withProgress } from "../process/say.mjs";

/** Pulumi's names of the systems that have a release. */
const systems = new Map([
  ["linux x64", "linux-x64"],
  ["linux arm64", "linux-arm64"],
  ["darwin x64", "darwin-x64"],
  ["darwin arm64", "darwin-arm64"],
]);

const fetcher = fileURLToPath(new URL("fetch_file.mjs", import.meta.url));

/**
 * @param {string} version
 * @param {string} directory for the programs
 * @param {string} node the path of Node 24: older ones ignore proxies
 * @returns {Promise<boolean>} false if the release could not be downloaded
 */
export async function downloadEngine(version, directory, node) {
  const system = systems.get(`${platform()} ${arch()}`);
  if (!system) return false;
  const name = `pulumi-v${version}-${system}.tar.gz`;
  const archive = join(directory, name);
  const sums = join(directory, "checksums.txt");
  print(`Downloading Pulumi ${version} from get.pulumi.com ...`);
  const start = Date.now();
  if (!(await download(node, `https://get.pulumi.com/releases/sdk/${name}`, archive))) return false;
  const release = `https://github.com/pulumi/pulumi/releases/download/v${version}`;
  const listed = await download(node, `${release}/pulumi-${version}-checksums.txt`, sums);
  verify(archive, name, listed ? sums : undefined);
  await mustRun("tar", ["-xzf", archive, "-C", directory, "--strip-components=1"]);
  for (const file of [archive, sums]) rmSync(file, { force: true });
  print(`   done in ${elapsed(start)}`);
  return true;
}

/**
 * In a separate process, because Node reads at its start whether to use the proxy of the environment.
 *
 * @param {string} node
 * @param {string} url
 * @param {string} file
 */
async function download(node, url, file) {
  const env = { ...process.env, ...proxyOfNpm(), NODE_USE_ENV_PROXY: "1" };
  const work = () => run(node, [fetcher, url, file], { env });
  const { code, output } = await withProgress(() => "downloading", work);
  if (code !== 0) print(`   ${output.trim()}`);
  return code === 0;
}

/** @returns {NodeJS.ProcessEnv} the proxy of npm's settings, if the environment has no other; npm passes its settings on to scripts */
function proxyOfNpm() {
  const { npm_config_https_proxy: proxy, npm_config_noproxy: direct, ...env } = process.env;
  if (!proxy || env["https_proxy"] || env["HTTPS_PROXY"]) return {};
  return { https_proxy: proxy, ...(direct && { no_proxy: direct }) };
}

/**
 * @param {string} archive
 * @param {string} name in the list of checksums
 * @param {string | undefined} sums
 */
export function verify(archive, name, sums) {
  if (!sums)
    return print("   The list of checksums could not be downloaded, so the archive is only protected by HTTPS.");
  const line = readFileSync(sums, "utf8")
    .split("\n")
    .find((entry) => entry.trim().endsWith(name));
  const actual = createHash("sha256").update(readFileSync(archive)).digest("hex");
  if (line?.split(/\s+/)[0] === actual) return;
  throw new Error(
    `${name} has SHA-256 ${actual}, which is not what Pulumi publishes (${line ?? "not listed"}). Try again.`,
  );
}
