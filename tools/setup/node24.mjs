// Node 24 of the npm package `node`, which runs everything, whatever Node the system has.
import { join } from "node:path";
import { run } from "../process/run.mjs";
import { print, step } from "../process/say.mjs";
import { npm } from "./dependencies.mjs";
import { nodeModules } from "./paths.mjs";
import { isAtLeast } from "./versions.mjs";

const packaged = join(nodeModules, "node", "bin", "node");

/** @returns {Promise<string>} the path of a Node 24 */
export async function ensureNode24() {
  if (await runs(packaged)) return packaged;
  // npm 11 and later skip install scripts that are not allowed; this package's script installs the binary.
  await step("Installing Node 24 (npm package `node`)", () => npm("rebuild", "node"));
  if (await runs(packaged)) return packaged;
  const ignored = (await npm("config", "get", "ignore-scripts")).trim() === "true";
  const reason = ignored
    ? "was installed without its binary, because npm's setting ignore-scripts is on"
    : `does not run on this system (${process.platform} ${process.arch})`;
  if (isAtLeast(process.versions.node, "22.0.0")) {
    print(`The npm package \`node\` ${reason}; using Node ${process.versions.node} instead.`);
    return process.execPath;
  }
  throw new Error(
    `The npm package \`node\` ${reason}.\n${ignored ? "Run `npm rebuild node --ignore-scripts=false`, or install" : "Install"} ` +
      "Node 24 (https://nodejs.org/en/download), put it first on PATH, and try again.",
  );
}

/** @param {string} node @returns {Promise<boolean>} */
async function runs(node) {
  const { code, stdout } = await run(node, ["--version"]);
  return code === 0 && isAtLeast(stdout, "24.0.0");
}
