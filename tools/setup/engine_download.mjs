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
 * @returns {Promise<boolean>} false when the release cannot be had from here
 */
export async function downloadEngine(version, directory) {
  const system = SYSTEMS.get(`${platform()} ${arch()}`);
  if (!system) return false;
  const name = `pulumi-v${version}-${system}.tar.gz`;
  const archive = join(directory, name);
  const sums = join(directory, "checksums.txt");
  say(`Downloading Pulumi ${version} from get.pulumi.com ...`);
  const start = Date.now();
  if (!(await download(`https://get.pulumi.com/releases/sdk/${name}`, archive))) return false;
  const release = `https://github.com/pulumi/pulumi/releases/download/v${version}`;
  verify(archive, name, (await download(`${release}/pulumi-${version}-checksums.txt`, sums)) ? sums : undefined);
  await mustRun("tar", ["-xzf", archive, "-C", directory, "--strip-components=1"]);
  for (const file of [archive, sums]) rmSync(file, { force: true });
  say(`   done in ${elapsed(start)}`);
  return true;
}

/**
 * In a process of its own, where Node can be told to use the proxy that the environment names.
 *
 * @param {string} url
 * @param {string} file
 */
async function download(url, file) {
  const env = { ...process.env, NODE_USE_ENV_PROXY: "1" };
  const work = () => run(process.execPath, [fetcher, url, file], { env });
  const { code, output } = await whileSaying(() => "downloading", work);
  if (code !== 0) say(`   ${output.trim()}`);
  return code === 0;
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
