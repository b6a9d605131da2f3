// Counting.
import { readFileSync, writeFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @param {Tally[]} tallies @returns {Tally} */
export function total(tallies) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** @param {Tally} tally @returns {string} the line that machines read */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * What jest reports with --json. A file that could not be run at all counts as one failed test.
 *
 * @typedef {object} JestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {boolean} success
 */

/** @param {JestReport | undefined} report @param {number} exitCode jest's @returns {Tally} */
export function tallyOf(report, exitCode) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    // Jest may fail with every test passed, such as on an obsolete snapshot with --ci or an empty selection.
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Adds an earlier run to the count of this one, and leaves the sum for the next.
 *
 * @param {import("./request.mjs").Request} request
 * @param {Tally} tally
 * @returns {Tally}
 */
export function addToTally({ tier, tally: file }, tally) {
  if (!file) return tally;
  const sum = tier === "rest" ? total([readTally(file), tally]) : tally;
  writeFileSync(file, JSON.stringify(sum));
  return sum;
}

/** @param {string} file @returns {Tally} a run that left no count has failed */
function readTally(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
