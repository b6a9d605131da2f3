// Copies the program of a recording, and installs a build of the package beside it.
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** The files of a recording that are written by hand. */
export const writtenFiles = ["index.js", "Pulumi.yaml"];

/** @param {string} folder of the recording @param {string} program the folder to create @param {string} build a built checkout */
export function copyProgram(folder, program, build) {
  const modules = join(program, "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const name of writtenFiles) cpSync(join(folder, name), join(program, name));
  for (const name of readdirSync(join(build, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(build, "node_modules", name), join(modules, name));
  }
  // A copy and no link: Pulumi serializes the code of a linked package, as it does with code of the program.
  for (const part of ["package.json", "schema.json", "dist"]) {
    cpSync(join(build, part), join(modules, "pulumi-exoscale-ssh", part), { recursive: true });
  }
}
