/** Runs scenarios, each once for every effect and everything that can go wrong with it, and judges what is left. */
import { deleteMachines, followAdvice } from "./advice";
import { type FaultName, faultsOfEffect, type Plan, type PlannedFault } from "./effects";
import { type Outcome, SimulatedStack } from "./engine_model";
import { findLockedOut, findRest, judge } from "./oracles";
import type { Scenario } from "./scenarios";
import { SimulatedApi } from "./simulated_api";
import type { SimulatedTime } from "./simulated_time";
import { present } from "./simulated_world";

/** Longer than any operation. */
const HOUR_MS = 3_700_000;

/** A name may be taken, and then a file. */
const MOST_ASKED = 2;

/** What is wrong after a fault: empty if nothing is. */
export interface Verdict {
  readonly scenario: string;
  readonly fault: PlannedFault | undefined;
  /** The effect that went wrong, such as `request POST /instance`. */
  readonly effect: string;
  readonly wrong: readonly string[];
  /** Keys and groups in the account that no state has. A line names them. */
  readonly left: readonly string[];
  /** How many runs after it did not go on before the user had done what they said. */
  readonly asked: number;
}

/** A run of a scenario's program without a fault. */
export async function runFaultless(scenario: Scenario, time: SimulatedTime): Promise<Outcome> {
  const stack = await prepare(scenario, time);
  return await stack.up(scenario.program);
}

/** Every fault that can happen to a scenario. */
export function faultsOf({ effects }: Pick<Outcome, "effects">): PlannedFault[] {
  return effects.flatMap((effect, at) => faultsOfEffect(effect).map((fault) => ({ at, fault })));
}

/** Runs a scenario with a fault, then twice without, and judges what is there; then it destroys the stack. */
export async function runWithFault(scenario: Scenario, fault: PlannedFault, time: SimulatedTime): Promise<Verdict> {
  const { runs, ...judged } = await runWithFaults(
    scenario,
    [(_, at) => (at === fault.at ? fault.fault : undefined)],
    time,
  );
  const hit = runs[0]?.effects[fault.at];
  const passed = runs.flatMap((run) => passing(fault, run));
  return {
    scenario: scenario.name,
    fault,
    effect: hit ? `${hit.kind} ${hit.what}` : "none",
    wrong: [...passed, ...judged.wrong],
    left: judged.left,
    asked: judged.asked,
  };
}

/** What is wrong after runs with faults. */
export interface Judged extends Pick<Verdict, "wrong" | "left" | "asked"> {
  readonly runs: readonly Outcome[];
}

/** What lies between a run with a fault and the next one. */
export const betweens = ["an hour", "a run at once", "an hour and a refresh"] as const;
export type Between = (typeof betweens)[number];

/** Runs a scenario once for each plan, then twice without any, and judges; then it destroys the stack. */
export async function runWithFaults(
  scenario: Scenario,
  plans: readonly Plan[],
  time: SimulatedTime,
  between: Between = "an hour",
): Promise<Judged> {
  const stack = await prepare(scenario, time);
  const runs: Outcome[] = [];
  const lockedOut: string[] = [];
  const other = scenario.beside && new SimulatedStack(stack.api, time, "dev");
  for (const plan of plans) {
    // The other stack is made while something goes wrong with this one.
    const beside = runs.length === 0 ? other?.start(scenario.beside ?? []) : undefined;
    const [run, made] = await time.until(Promise.all([stack.start(scenario.program, plan), beside]));
    runs.push(run);
    lockedOut.push(...findLockedOut(stack), ...(made?.errors ?? []).map((error) => `the other stack: ${error}`));
    // What the fault began may still fail in a run that follows at once.
    if (between === "a run at once") runs.push(await stack.up(scenario.program));
    await time.pass(HOUR_MS);
    if (between === "an hour and a refresh") await stack.refresh();
  }
  let recovery = await stack.up(scenario.program);
  let asked = 0;
  for (; asked < MOST_ASKED && followAdvice(stack, recovery.errors); asked++)
    recovery = await stack.up(scenario.program);
  const again = await stack.up(scenario.program);
  const { wrong, left } = judge({ stacks: other ? [stack, other] : [stack], faulted: runs, recovery, again });
  deleteMachines(
    stack,
    [...runs, recovery, again].flatMap(({ lines }) => lines),
  );
  await other?.up([]);
  const destroyed = await stack.up([]);
  return { runs, wrong: [...lockedOut, ...wrong, ...findRest(stack, destroyed, left)], left, asked };
}

/** Faults of a request that pass by themselves. */
const passingFaults: readonly FaultName[] = ["connection reset", "answer lost", "503", "429"];

/** A run goes on after such a fault. */
function passing({ at, fault }: PlannedFault, { ended, errors, effects }: Outcome): string[] {
  const isPassing = effects[at]?.kind === "request" && passingFaults.includes(fault);
  return isPassing && ended !== "well" ? [`a fault that passes ends the run: ${errors.join("; ")}`] : [];
}

/** A stack after the runs before. */
export async function prepare({ before }: Scenario, time: SimulatedTime): Promise<SimulatedStack> {
  const stack = new SimulatedStack(new SimulatedApi(), time);
  globalThis.fetch = stack.api.fetch;
  present.machines = stack.api.machines;
  for (const program of before) {
    const { ended, errors } = await stack.up(program);
    if (ended !== "well") throw new Error(errors.join("; "));
  }
  return stack;
}
