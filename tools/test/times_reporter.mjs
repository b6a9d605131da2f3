// A reporter for jest: prints the ten slowest files, and keeps the times of all of them for the next run.
import { keyOf, rememberTimes, slowest } from "./times.mjs";

const SHOWN = 10;

export default class TimesReporter {
  #whole;

  /** @param {{ testNamePattern?: string }} globalConfig */
  constructor({ testNamePattern }) {
    // Times of a few tests say nothing about their files.
    this.#whole = !testNamePattern;
  }

  /** @param {unknown} _contexts @param {{ testResults: import("@jest/test-result").TestResult[] }} results */
  onRunComplete(_contexts, { testResults }) {
    const ran = testResults.filter(({ skipped, perfStats }) => !skipped && perfStats.runtime > 0);
    const times = timesOf(ran);
    if (ran.length > SHOWN) {
      process.stdout.write(`\nThe ${SHOWN} slowest test files:\n${slowest(times, SHOWN).join("\n")}\n`);
    }
    if (this.#whole) rememberTimes(timesOf(ran.filter(({ numFailingTests }) => numFailingTests === 0)));
  }
}

/** @param {import("@jest/test-result").TestResult[]} results @returns {import("./times.mjs").Times} */
function timesOf(results) {
  return Object.fromEntries(
    results.map(({ displayName, testFilePath, perfStats }) => [
      keyOf(displayName?.name ?? "", testFilePath),
      perfStats.runtime / 1000,
    ]),
  );
}
