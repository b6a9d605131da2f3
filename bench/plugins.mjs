// The programs that start the plugin.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE, PROGRAM } from "../tools/dist/bundle.mjs";
import { makeExecutable } from "../tools/dist/executable.mjs";
import { targets } from "../tools/dist/node_program.mjs";
import { root } from "../tools/setup/paths.mjs";

const plugin = join(root, "dist", "plugin");

/** The bundle of the npm package. */
export const bundle = join(plugin, BUNDLE);

/** The launcher of the npm package, which enables Node's compile cache. */
export const launcher = join(plugin, PROGRAM);

/** The output of tsc, which needs node_modules. */
export const compiled = join(root, "dist", "provider", "plugin", "main.js");

/**
 * Makes the executable that is published for this machine, without compressing it.
 *
 * @param {string} work a directory for the executable
 * @returns {Promise<string | undefined>} its path; undefined if there is none for this machine
 */
export async function buildExecutable(work) {
  const target = targets.find(({ platform, arch }) => platform === process.platform && arch === process.arch);
  if (!target) return undefined;
  const directory = join(work, "executable");
  if (!existsSync(directory)) {
    mkdirSync(directory);
    await makeExecutable(target, bundle, directory);
  }
  return join(directory, PROGRAM);
}

/** @param {string} directory @returns {boolean} whether there is a file in it or below */
export function hasFiles(directory) {
  return (
    existsSync(directory) && readdirSync(directory, { recursive: true, withFileTypes: true }).some((e) => e.isFile())
  );
}
