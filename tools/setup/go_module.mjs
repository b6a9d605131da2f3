// Our Go modules. Each names a program and pins the versions that it is built from.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { parseVersion } from "./versions.mjs";

/**
 * @typedef {object} GoModule
 * @property {string} name of the program
 * @property {string} directory
 * @property {string} package the program's Go package
 * @property {string} version of the module that has the program, such as "3.250.0"
 * @property {string} go the oldest Go that can build it
 */

/** The library of our own programs. */
const LIBRARY = "github.com/pulumi/pulumi/pkg/v3";

/** @param {string} name of a folder in tools/ @returns {GoModule} */
export function readGoModule(name) {
  const directory = join(root, "tools", name);
  const text = readFileSync(join(directory, "go.mod"), "utf8");
  const tool = /^tool (\S+)$/m.exec(text)?.[1];
  const version = versionOf(tool ?? LIBRARY, text);
  const go = /^go (\S+)$/m.exec(text)?.[1] ?? "";
  if (!parseVersion(version) || !parseVersion(go))
    throw new Error(`${directory}/go.mod has no version of ${tool ?? LIBRARY}, or no go version.`);
  return { name, directory, package: tool ?? ".", version, go };
}

/** @param {string} package_ @param {string} text of go.mod; the module of a package is the one with the longest matching path */
function versionOf(package_, text) {
  const required = [...text.matchAll(/^(?:require|\t)\s*(\S+) v(\S+)/gm)].map(([, path = "", version = ""]) => ({
    path,
    version,
  }));
  const holders = required.filter(({ path }) => `${package_}/`.startsWith(`${path}/`));
  return holders.sort((a, b) => b.path.length - a.path.length)[0]?.version ?? "";
}
