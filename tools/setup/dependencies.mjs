// The npm packages of package-lock.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../process/run.mjs";
import { step } from "../process/say.mjs";
import { withLock } from "./lock.mjs";
import { checkoutLock, nodeModules, root } from "./paths.mjs";

/** Runs `npm ci` unless the packages of package-lock.json are installed. Ignores the setting `omit` of npm. */
export async function installDependencies() {
  if (isInstalled()) return;
  await withLock(checkoutLock, "installing the npm packages", async () => {
    if (!isInstalled())
      await step("Installing the npm packages", () => npm("ci", "--include=dev", "--include=optional"));
  });
}

/** @param {...string} args @returns {Promise<string>} its stdout */
export async function npm(...args) {
  // `npm start` passes on the path of npm itself. Otherwise the one on PATH is used.
  const script = process.env["npm_execpath"];
  const [command, first] = script?.endsWith("npm-cli.js") ? [process.execPath, [script]] : ["npm", []];
  return await mustRun(command, [...first, ...args], { cwd: root });
}

/**
 * At the end of an installation npm writes what it installed to a lock file in node_modules. Comparing that file finds
 * interrupted installations, and those of another branch.
 */
function isInstalled() {
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(nodeModules, ".package-lock.json"));
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    const found = installed[path];
    // A missing optional package is one for another operating system.
    return path === "" || (found ? found.version === version : optional === true);
  });
}

/** @param {string} path @returns {Record<string, { version?: string, optional?: boolean }>} */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return {};
  }
}
