// The order in which jest starts test files: the longest first, so that no long one is left for the end.
import { statSync } from "node:fs";
import { keyOf, knownTimes } from "./times.mjs";

/** @typedef {import("jest-runner").Test} Test */

/** A guess for a file that never ran here, in seconds: one that starts engines takes longer. */
const END_TO_END = 30;
const PER_KILOBYTE = 1;

export default class LongestFirst {
  /** @param {Test[]} tests @returns {Test[]} */
  sort(tests) {
    const times = knownTimes();
    return inOrder(tests, (test) => times[key(test)] ?? guess(test));
  }

  /**
   * Deals the files out, the longest first. It goes by guesses: each machine must come to the same parts, whatever ran there.
   *
   * @param {Test[]} tests
   * @param {{ shardIndex: number, shardCount: number }} shard
   * @returns {Test[]}
   */
  shard(tests, { shardIndex, shardCount }) {
    return inOrder(tests, guess).filter((_test, index) => index % shardCount === shardIndex - 1);
  }

  /** @param {Test[]} tests @returns {Test[]} */
  allFailedTests(tests) {
    return tests;
  }

  /** Times are kept by times_reporter.mjs. */
  cacheResults() {}
}

/** @param {Test[]} tests @param {(test: Test) => number} seconds @returns {Test[]} */
function inOrder(tests, seconds) {
  const keyed = tests.map((test) => ({ test, key: key(test), seconds: seconds(test) }));
  return keyed.sort((a, b) => b.seconds - a.seconds || (a.key < b.key ? -1 : 1)).map(({ test }) => test);
}

/** @param {Test} test */
function key({ context, path }) {
  return keyOf(context.config.displayName?.name ?? "", path);
}

/** @param {Test} test @returns {number} */
function guess({ context, path }) {
  const engine = context.config.displayName?.name.startsWith("e2e") ? END_TO_END : 0;
  return engine + (PER_KILOBYTE * statSync(path).size) / 1024;
}
