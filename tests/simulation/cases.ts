/** The tests about some scenarios. A file that calls this imports ./mocks first. */
import { appendFileSync } from "node:fs";
import type { Scenario } from "./scenarios";
import { faultsOf, runFaultless, runWithFault, type Verdict } from "./simulate";
import { inWorld } from "./simulated_world";

/** All random numbers follow from it. */
const SEED = Number(process.env["SIMULATION_SEED"] ?? 1);

/** Whether a mistake was made in the provider on purpose, so that one test that finds it is enough. */
const stopsAtFirst = process.env["SIMULATION_MUTANT"] !== undefined;

/** `npm run simulate` leaves no fault out. */
const takesAll = process.env["SIMULATION_ALL"] === "1";

jest.setTimeout(1_200_000);

/** Set when a mistake is found. The other scenarios are then of no interest. */
let isFound = false;

/** @param step of how many faults one is tried, where not all are. Default: all are */
export function testScenarios(scenarios: readonly Scenario[], step = 1): void {
  test("A run is the same every time", async () => {
    for (const scenario of scenarios) {
      const first = await inWorld(SEED, (time) => runFaultless(scenario, time));
      expect(first).toMatchObject({ ended: "well", errors: [] });
      expect(await inWorld(SEED, (time) => runFaultless(scenario, time))).toEqual(first);
    }
  });

  test.each(scenarios)("Nothing that goes wrong once in $name does lasting harm", async (scenario) => {
    if (stopsAtFirst && isFound) return;
    const all = faultsOf(await inWorld(SEED, (time) => runFaultless(scenario, time)));
    const faults = takesAll ? all : all.filter((_, index) => index % step === 0);
    const verdicts: Verdict[] = [];
    for (const fault of faults) {
      verdicts.push(await inWorld(SEED, (time) => runWithFault(scenario, fault, time)));
      isFound ||= verdicts.at(-1)?.wrong.length !== 0;
      if (stopsAtFirst && isFound) break;
    }
    report(verdicts);
    expect(
      verdicts.flatMap(({ fault, effect, wrong }) => wrong.map((each) => `${effect}, ${fault?.fault}: ${each}`)),
    ).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  });
}

/** For `npm run simulate`, which shows them: a line of JSON for each run. */
function report(verdicts: readonly Verdict[]): void {
  const file = process.env["SIMULATION_REPORT"];
  if (file !== undefined) appendFileSync(file, verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join(""));
}
