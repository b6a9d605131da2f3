import { appendFileSync } from "node:fs";
import { scenarios } from "./scenarios";
import { faultsOf, runFaultless, runWithFault, type Verdict } from "./simulate";
import { inWorld } from "./simulated_world";

/** jest lets mocks use a function of this prefix, and they are made before the imports run. */
function mockPresent() {
  return jest.requireActual<typeof import("./simulated_world")>("./simulated_world").present;
}

jest.mock("node:timers/promises", () => ({
  ...jest.requireActual<object>("node:timers/promises"),
  setTimeout: (...given: [number]) => mockPresent().time.wait(...given),
}));
/** Nothing here takes real time: what Node does on other threads is done at once. */
jest.mock("node:crypto", () => {
  const { promisify } = jest.requireActual<typeof import("node:util")>("node:util");
  const real = jest.requireActual<typeof import("node:crypto")>("node:crypto");
  const generateKeyPair = Object.assign(() => undefined, {
    [promisify.custom]: async () => ({ privateKey: mockPresent().chance.privateKey() }),
  });
  return {
    ...real,
    generateKeyPair,
    randomBytes: (length: number) => mockPresent().chance.bytes(length),
    randomUUID: () => mockPresent().chance.uuid(),
  };
});

/** All random numbers follow from it. */
const SEED = Number(process.env["SIMULATION_SEED"] ?? 1);

/** Whether a mistake was made in the provider on purpose, so that one test that finds it is enough. */
const stopsAtFirst = process.env["SIMULATION_MUTANT"] !== undefined;

jest.setTimeout(300_000);

test("A run is the same every time", async () => {
  for (const scenario of scenarios) {
    const first = await inWorld(SEED, (time) => runFaultless(scenario, time));
    expect(first).toMatchObject({ ended: "well", errors: [] });
    expect(await inWorld(SEED, (time) => runFaultless(scenario, time))).toEqual(first);
  }
});

test.each(scenarios)("Nothing that goes wrong once in $name does lasting harm", async (scenario) => {
  const faults = faultsOf(await inWorld(SEED, (time) => runFaultless(scenario, time)));
  const verdicts: Verdict[] = [];
  for (const fault of faults) {
    verdicts.push(await inWorld(SEED, (time) => runWithFault(scenario, fault, time)));
    if (stopsAtFirst && verdicts.at(-1)?.wrong.length) break;
  }
  report(verdicts);
  expect(verdicts.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  expect(verdicts.length).toBeGreaterThan(50);
});

/** For `npm run simulate`, which shows them: a line of JSON for each run. */
function report(verdicts: readonly Verdict[]): void {
  const file = process.env["SIMULATION_REPORT"];
  if (file !== undefined) appendFileSync(file, verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join(""));
}
