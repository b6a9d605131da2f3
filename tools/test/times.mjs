// How long each test file took, kept for the next run, which starts the longest files first.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { cacheDir, root } from "../setup/paths.mjs";

/** One for all checkouts, so that a fresh clone knows them too. */
const file = join(cacheDir, "test-times.json");

/** @typedef {Record<string, number>} Times seconds by `keyOf` */

/** @param {string} project @param {string} path @returns {string} such as "e2e tests/e2e/caveat.test.ts" */
export function keyOf(project, path) {
  return `${project} ${relative(root, path)}`;
}

/** @returns {Times} what earlier runs took; nothing where there were none */
export function knownTimes() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}

/** @param {Times} times of this run; files that did not run keep the time of an earlier one */
export function rememberTimes(times) {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.fresh-${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify({ ...knownTimes(), ...times }, null, 2)}\n`);
  renameSync(fresh, file);
}

/** @param {Times} times @param {number} count @returns {string[]} the slowest files, as lines to print */
export function slowest(times, count) {
  const longestFirst = Object.entries(times).sort(([, a], [, b]) => b - a);
  return longestFirst.slice(0, count).map(([key, seconds]) => `${seconds.toFixed(1).padStart(7)} s  ${key}`);
}
