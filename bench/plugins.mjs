// The ways in which the plugin is started.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE, PROGRAM } from "../tools/dist/bundle.mjs";
import { makeExecutable } from "../tools/dist/executable.mjs";
import { targets } from "../tools/dist/node_program.mjs";
import { root } from "../tools/setup/paths.mjs";

const plugin = join(root, "dist", "plugin");

/** The bundle, as the npm package has it. */
export const bundle = join(plugin, BUNDLE);

/** What the npm package starts it with, which keeps what Node compiled. */
export const launcher = join(plugin, PROGRAM);

/** What tsc made of the sources, which needs node_modules. */
export const compiled = join(root, "dist", "provider", "plugin", "main.js");

/**
 * Makes the executable that is published for this machine, but for its compression.
 *
 * @param {string} work a directory for it
 * @returns {Promise<string | undefined>} its path; undefined where there is none for this machine
 */
export async function executable(work) {
  const target = targets.find(({ platform, arch }) => platform === process.platform && arch === process.arch);
  if (!target) return undefined;
  const directory = join(work, "executable");
  if (!existsSync(directory)) {
    mkdirSync(directory);
    await makeExecutable(target, bundle, directory);
  }
  return join(directory, PROGRAM);
}

/** @param {string} directory @returns {boolean} whether there is any file in it */
export function hasFiles(directory) {
  return (
    existsSync(directory) && readdirSync(directory, { recursive: true, withFileTypes: true }).some((e) => e.isFile())
  );
}
