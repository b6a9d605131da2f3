// The program of a recording, as if a user had installed a certain build of the package.
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** Files of a recording that a person writes. */
export const WRITTEN = ["index.js", "Pulumi.yaml"];

/** @param {string} folder of the recording @param {string} program where it goes @param {string} build a built checkout */
export function copyProgram(folder, program, build) {
  const modules = join(program, "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const name of WRITTEN) cpSync(join(folder, name), join(program, name));
  for (const name of readdirSync(join(build, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(build, "node_modules", name), join(modules, name));
  }
  // A copy: a linked package would be taken for a part of the program, and its code for text to be stored.
  for (const part of ["package.json", "schema.json", "dist"]) {
    cpSync(join(build, part), join(modules, "pulumi-exoscale-ssh", part), { recursive: true });
  }
}
