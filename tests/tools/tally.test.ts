import { evaluate } from "./evaluate";

const report = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};
const tallyOf = (jest: object | undefined, code: number) =>
  evaluate("test/tally.mjs", `m.lastLine(m.tallyOf(${JSON.stringify(jest)}, ${code}))`);

test("names skipped tests only when there are any", async () => {
  expect(await tallyOf(report, 0)).toBe("7 passed, 0 failed");
  expect(await tallyOf({ ...report, numPendingTests: 2, numTodoTests: 1 }, 0)).toBe("7 passed, 0 failed, 3 skipped");
});

test("counts a test file that could not run as a failed test", async () => {
  expect(await tallyOf({ ...report, numFailedTests: 1, numRuntimeErrorTestSuites: 1 }, 1)).toBe("7 passed, 2 failed");
});

test("counts a jest that fails for another reason, or reports nothing, as a failure", async () => {
  expect(await tallyOf(report, 1)).toBe("7 passed, 1 failed");
  expect(await tallyOf(undefined, 0)).toBe("0 passed, 1 failed");
});
