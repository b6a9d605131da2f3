// Where the engine that we fetched or built is kept, and which one it is.
import { readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { cacheDir, hash, root } from "./paths.mjs";
import { parseVersion } from "./versions.mjs";

/**
 * @typedef {object} Module a Go module of ours that does nothing but name a Pulumi program and pin what it is built of
 * @property {string} name of the program
 * @property {string} directory
 * @property {string} package the program's Go package
 * @property {string} version of the program, such as "3.250.0"
 * @property {string} go the least Go that can build it
 */

/** @type {Module[]} */
export const modules = ["pulumi-language-nodejs", "pulumi-cli"].map(readModule);

/** The version of the engine to fetch or build. */
export const engineVersion = modules.find(({ name }) => name === "pulumi-cli")?.version ?? "";

/** Another version or other sources are another engine; checkouts that agree share one. */
export const cachedEngine = join(cacheDir, `engine-${engineVersion}-${platform()}-${arch()}-${hashOfModules()}`);

/** @param {string} name @returns {Module} */
function readModule(name) {
  const directory = join(root, "tools", name);
  const text = readFileSync(join(directory, "go.mod"), "utf8");
  const package_ = /^tool (\S+)$/m.exec(text)?.[1] ?? "";
  // The longest required module path that the package lies in.
  const module = /^(.*\/v3)\//.exec(package_)?.[1] ?? "";
  const version = new RegExp(`^\\s*${module} v(\\S+)`, "m").exec(text)?.[1] ?? "";
  const go = /^go (\S+)$/m.exec(text)?.[1] ?? "";
  if (!parseVersion(version) || !parseVersion(go)) throw new Error(`${directory}/go.mod names no tool, version or Go.`);
  return { name, directory, package: package_, version, go };
}

function hashOfModules() {
  return hash(...modules.map(({ directory }) => readFileSync(join(directory, "go.sum"))));
}
