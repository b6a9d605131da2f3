// The program of a recording, as if a user had installed a certain build of the package.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files of a recording that a person writes. */
export const WRITTEN = ["index.js", "Pulumi.yaml"];

/** @param {string} folder of the recording @param {string} program where it goes @param {string} build a built checkout */
export function layOutProgram(folder, program, build) {
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

/** The build's plugin where `pulumi plugin install` would put it. @param {string} home of Pulumi @param {string} build */
export function installPlugin(home, build) {
  const { version } = JSON.parse(readFileSync(join(build, "package.json"), "utf8"));
  const folder = join(home, "plugins", `resource-exoscale-ssh-v${version}`);
  mkdirSync(folder, { recursive: true });
  const main = join(build, "dist", "provider", "plugin", "main.js");
  const launcher = `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`;
  writeFileSync(join(folder, "pulumi-resource-exoscale-ssh"), launcher, { mode: 0o755 });
}
