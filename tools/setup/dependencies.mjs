// The npm packages of package-lock.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../process/run.mjs";
import { step } from "../process/say.mjs";
import { withLock } from "./lock.mjs";
import { checkoutLock, nodeModules, root } from "./paths.mjs";

/** Runs `npm ci`, whatever the settings of npm leave out, unless what package-lock.json asks for is installed. */
export async function installDependencies() {
  if (isInstalled()) return;
  await withLock(checkoutLock, "installing the npm packages", async () => {
    if (!isInstalled())
      await step("Installing the npm packages", () => npm("ci", "--include=dev", "--include=optional"));
  });
}

/** @param {...string} args @returns {Promise<string>} what it printed */
export async function npm(...args) {
  // `npm start` hands down which npm it is; else the one on PATH.
  const script = process.env["npm_execpath"];
  const [command, first] = script?.endsWith("npm-cli.js") ? [process.execPath, [script]] : ["npm", []];
  return await mustRun(command, [...first, ...args], { cwd: root });
}

/**
 * npm writes what it installed to a lock file of its own at the end of an installation, so that file is compared, and
 * an interrupted installation or another branch's shows.
 */
function isInstalled() {
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(nodeModules, ".package-lock.json"));
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    const found = installed[path];
    // Optional packages are those of other operating systems.
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
