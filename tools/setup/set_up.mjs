// Installs what the demo and the tests need, on a machine that has Node and npm.
import { delimiter, dirname, join } from "node:path";
import { installDependencies } from "./dependencies.mjs";
import { ensureEngine } from "./engine.mjs";
import { ensureNode24 } from "./node24.mjs";
import { nodeModules } from "./paths.mjs";
import { isAtLeast } from "./versions.mjs";

/**
 * @typedef {object} Toolchain
 * @property {string} node the path of Node 24
 * @property {string} engine the directory of the Pulumi CLI
 * @property {string} path a PATH that begins with both, and with the launcher of dynamic providers
 */

/** @returns {Promise<Toolchain>} */
export async function setUp() {
  if (!isAtLeast(process.versions.node, "20.0.0")) {
    throw new Error(`This is Node ${process.versions.node}. Install 20 or newer (https://nodejs.org/en/download).`);
  }
  if (process.platform === "win32") throw new Error("This does not run on Windows. Use WSL.");
  await installDependencies();
  const node = await ensureNode24();
  const engine = await ensureEngine(node);
  const launcher = join(nodeModules, "@pulumi", "pulumi");
  const path = [dirname(node), engine, launcher, process.env["PATH"] ?? ""].join(delimiter);
  return { node, engine, path };
}
