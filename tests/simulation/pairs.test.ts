import "./mocks";
import fc from "fast-check";
import { type FaultName, faultsOfEffect, type Plan } from "./effects";
import { type Scenario, scenarios } from "./scenarios";
import { runFaultless, runWithFaults } from "./simulate";
import { inWorld } from "./simulated_world";

/** The sample follows from it. */
const SEED = Number(process.env["SIMULATION_SEED"] ?? 1);
/** How many pairs of faults. */
const PAIRS = Number(process.env["SIMULATION_PAIRS"] ?? 400);

jest.setTimeout(120_000 + PAIRS * 1_000);

/** A fault: which step, and which of the faults that its kind of step can have. Both are taken modulo their number. */
interface Drawn {
  readonly step: number;
  readonly fault: number;
}

/** More than any kind of step can have. */
const fault = fc.record({ step: fc.nat(199), fault: fc.nat(19) });

/** What went wrong, in words. */
interface Happened {
  readonly run: number;
  readonly effect: string;
  readonly fault: FaultName;
}

/** A plan with these faults, and a list that gets what happens. @param steps how many steps a run without faults has */
function planOf(drawn: readonly Drawn[], steps: number, run: number, happened: Happened[]): Plan {
  return (effect, at) => {
    const meant = drawn.find(({ step }) => step % steps === at);
    if (!meant) return undefined;
    const faults = faultsOfEffect(effect);
    const chosen = faults[meant.fault % faults.length];
    if (chosen) happened.push({ run, effect: `${effect.kind} ${effect.what}`, fault: chosen });
    return chosen;
  };
}

async function harmOf(scenario: Scenario, first: Drawn, second: Drawn, isSameRun: boolean) {
  const { effects } = await inWorld(SEED, (time) => runFaultless(scenario, time));
  const happened: Happened[] = [];
  const runs = isSameRun ? [[first, second]] : [[first], [second]];
  const plans = runs.map((drawn, run) => planOf(drawn, effects.length, run, happened));
  const { wrong } = await inWorld(SEED, (time) => runWithFaults(scenario, plans, time));
  return { happened, wrong };
}

test("Two things that go wrong, in one run or in two, do no lasting harm", async () => {
  const all = [...scenarios(1), ...scenarios(2)];
  const pairs = fc.tuple(fc.constantFrom(...all), fault, fault, fc.boolean());
  const property = fc.asyncProperty(pairs, async ([scenario, ...pair]) => {
    const { happened, wrong } = await harmOf(scenario, ...pair);
    if (wrong.length > 0) throw new Error(`${scenario.name}: ${JSON.stringify(happened)}: ${wrong.join("; ")}`);
  });
  await fc.assert(property, { seed: SEED, numRuns: PAIRS });
});
