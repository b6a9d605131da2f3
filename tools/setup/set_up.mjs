// All that the demo and the tests need, on a machine that has Node and npm.
import { delimiter, dirname, join } from "node:path";
import { installDependencies } from "./dependencies.mjs";
import { findEngine } from "./engine.mjs";
import { findNode24 } from "./node24.mjs";
import { nodeModules } from "./paths.mjs";
import { isAtLeast } from "./versions.mjs";

/**
 * @typedef {object} Kit
 * @property {string} node the path of Node 24
 * @property {string} engine the directory of the Pulumi CLI
 * @property {string} path a PATH on which both come first, and the launcher of dynamic providers
 */

/** @returns {Promise<Kit>} */
export async function setUp() {
  if (!isAtLeast(process.versions.node, "20.0.0")) {
    throw new Error(`This is Node ${process.versions.node}; 20 or newer is needed (https://nodejs.org/en/download).`);
  }
  if (process.platform === "win32") throw new Error("Windows cannot run this; use it inside WSL.");
  await installDependencies();
  const node = await findNode24();
  const engine = await findEngine(node);
  const launcher = join(nodeModules, "@pulumi", "pulumi");
  const path = [dirname(node), engine, launcher, process.env["PATH"] ?? ""].join(delimiter);
  return { node, engine, path };
}
