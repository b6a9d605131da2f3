// What is checked without running a test: style, types, that the package compiles, and the SDKs. Each counts as one.
import { join } from "node:path";
import { checkPackage } from "../dist/check_package.mjs";
import { mustRun } from "../process/run.mjs";
import { elapsed, print, withProgress } from "../process/say.mjs";
import { makeSdk, sdkLanguages, whyNoSdk } from "../sdks/make.mjs";
import { build } from "../setup/build.mjs";
import { nodeModules, root } from "../setup/paths.mjs";
import { total } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */

/** At once, but for the package, which is made of what is built. @param {string} node @returns {Promise<Tally>} */
export async function runChecks(node) {
  const tallies = await Promise.all([
    check("lint", () => tool(node, "@biomejs/biome/bin/biome", "check")),
    check("types", () => tool(node, "typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json")),
    check("types of the tools", () => tool(node, "typescript/bin/tsc", "--noEmit", "-p", "tools/tsconfig.json")),
    check("build", () => build(node)),
  ]);
  return total([...tallies, await check("npm package", checkPackage)]);
}

/** The tests of programs in other languages use what these make. @param {string} node @returns {Promise<Tally>} */
export async function runSdkChecks(node) {
  const tallies = [];
  for (const language of sdkLanguages) {
    const obstacle = await whyNoSdk(language);
    const name = `SDK for ${language}`;
    tallies.push(obstacle ? skip(name, obstacle) : await check(name, () => makeSdk(language, node)));
  }
  return total(tallies);
}

/** @param {string} name @param {string} reason @returns {Tally} */
function skip(name, reason) {
  print(`SKIP ${name}: ${reason}`);
  return { passed: 0, failed: 0, skipped: 1 };
}

/** @param {string} name @param {() => Promise<unknown>} work @returns {Promise<Tally>} */
async function check(name, work) {
  const start = Date.now();
  try {
    await withProgress(() => name, work);
    print(`PASS ${name} (${elapsed(start)})`);
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    print(`FAIL ${name} (${elapsed(start)})`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** @param {string} node @param {string} script below node_modules @param {...string} args */
function tool(node, script, ...args) {
  return mustRun(node, [join(nodeModules, script), ...args], { cwd: root });
}
