// Pulumi's own release: the CLI with all its language hosts in one archive.
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mustRun, run } from "../process/run.mjs";
import { elapsed, say, whileSaying } from "../process/say.mjs";

/** The names that Pulumi gives the systems it releases for. */
const SYSTEMS = new Map([
  ["linux x64", "linux-x64"],
  ["linux arm64", "linux-arm64"],
  ["darwin x64", "darwin-x64"],
  ["darwin arm64", "darwin-arm64"],
]);

const fetcher = fileURLToPath(new URL("fetch_file.mjs", import.meta.url));

/**
 * @param {string} version
 * @param {string} directory where the programs go
 * @param {string} node the path of Node 24: older ones ignore proxies
 * @returns {Promise<boolean>} false when the release cannot be had from here
 */
export async function downloadEngine(version, directory, node) {
  const system = SYSTEMS.get(`${platform()} ${arch()}`);
  if (!system) return false;
  const name = `pulumi-v${version}-${system}.tar.gz`;
  const archive = join(directory, name);
  const sums = join(directory, "checksums.txt");
  say(`Downloading Pulumi ${version} from get.pulumi.com ...`);
  const start = Date.now();
  if (!(await download(node, `https://get.pulumi.com/releases/sdk/${name}`, archive))) return false;
  const release = `https://github.com/pulumi/pulumi/releases/download/v${version}`;
  const listed = await download(node, `${release}/pulumi-${version}-checksums.txt`, sums);
  verify(archive, name, listed ? sums : undefined);
  await mustRun("tar", ["-xzf", archive, "-C", directory, "--strip-components=1"]);
  for (const file of [archive, sums]) rmSync(file, { force: true });
  say(`   done in ${elapsed(start)}`);
  return true;
}

/**
 * In a process of its own, where Node can be told to use the proxy that the environment names.
 *
 * @param {string} node
 * @param {string} url
 * @param {string} file
 */
async function download(node, url, file) {
  const env = { ...process.env, ...proxyOfNpm(), NODE_USE_ENV_PROXY: "1" };
  const work = () => run(node, [fetcher, url, file], { env });
  const { code, output } = await whileSaying(() => "downloading", work);
  if (code !== 0) say(`   ${output.trim()}`);
  return code === 0;
}

/** @returns {NodeJS.ProcessEnv} the proxy of npm's settings, which it hands down to scripts, where no other is named */
function proxyOfNpm() {
  const { npm_config_https_proxy: proxy, npm_config_noproxy: direct, ...env } = process.env;
  if (!proxy || env["https_proxy"] || env["HTTPS_PROXY"]) return {};
  return { https_proxy: proxy, ...(direct && { no_proxy: direct }) };
}

/**
 * @param {string} archive
 * @param {string} name as the list of checksums has it
 * @param {string | undefined} sums
 */
export function verify(archive, name, sums) {
  if (!sums) return say("   The list of checksums could not be had: only HTTPS vouches for the download.");
  const line = readFileSync(sums, "utf8")
    .split("\n")
    .find((entry) => entry.trim().endsWith(name));
  const actual = createHash("sha256").update(readFileSync(archive)).digest("hex");
  if (line?.split(/\s+/)[0] === actual) return;
  throw new Error(`${name} has SHA-256 ${actual}, which is not what Pulumi publishes (${line ?? "not listed"}).`);
}
