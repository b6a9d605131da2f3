import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

describe("of two runs that count together", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "tally-test-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const add = (tier: string, passed: number) => {
    const request = JSON.stringify({ tier, tally: join(directory, "tally") });
    return evaluate("test/tally.mjs", `m.addToTally(${request}, { passed: ${passed}, failed: 0, skipped: 0 })`);
  };

  test("the second says the sum", async () => {
    expect(await add("quick", 7)).toEqual({ passed: 7, failed: 0, skipped: 0 });
    expect(await add("rest", 5)).toEqual({ passed: 12, failed: 0, skipped: 0 });
  });

  test("the second counts a failure when the first left nothing", async () => {
    expect(await add("rest", 5)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });
});
