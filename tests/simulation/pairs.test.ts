import "./mocks";
import fc from "fast-check";
import { type FaultName, faultsOfEffect, type Plan } from "./effects";
import { otherLives, type Scenario, scenarios } from "./scenarios";
import { type Between, betweens, runFaultless, runWithFaults } from "./simulate";
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

/** Two faults of a scenario, in one run or in two, and what lies between a run and the next. */
interface Pair {
  readonly scenario: Scenario;
  readonly faults: readonly [Drawn, Drawn];
  readonly isSameRun: boolean;
  readonly between: Between;
}

async function harmOf({ scenario, faults, isSameRun, between }: Pair) {
  const { effects } = await inWorld(SEED, (time) => runFaultless(scenario, time));
  const happened: Happened[] = [];
  const runs = isSameRun ? [faults] : faults.map((each) => [each]);
  const plans = runs.map((drawn, run) => planOf(drawn, effects.length, run, happened));
  const { wrong } = await inWorld(SEED, (time) => runWithFaults(scenario, plans, time, between));
  return { happened, wrong };
}

const all = [...scenarios(1), ...scenarios(2), ...otherLives(1)];

const pair: fc.Arbitrary<Pair> = fc.record({
  scenario: fc.constantFrom(...all),
  faults: fc.tuple(fault, fault),
  isSameRun: fc.boolean(),
  between: fc.constantFrom(...betweens),
});

test("Two things that go wrong, in one run or in two, do no lasting harm", async () => {
  const property = fc.asyncProperty(pair, async (drawn) => {
    const { happened, wrong } = await harmOf(drawn);
    const { scenario, between } = drawn;
    if (wrong.length === 0) return;
    throw new Error(`${scenario.name}, ${between} between: ${JSON.stringify(happened)}: ${wrong.join("; ")}`);
  });
  // A mistake made on purpose is only to be found.
  const endOnFailure = process.env["SIMULATION_MUTANT"] !== undefined;
  await fc.assert(property, { seed: SEED, numRuns: PAIRS, endOnFailure });
});
