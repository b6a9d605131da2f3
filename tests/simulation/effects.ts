/** What the provider and the engine do to the world, step by step, and what goes wrong with one of the steps. */
import { currentProcess, type Process } from "./simulated_time";

/** How a run can end at any step. */
const ends = ["killed before", "killed after", "engine killed"] as const;

/** What can go wrong with a request to the API. */
export const requestFaults = [
  ...ends,
  "connection reset",
  "answer lost",
  "503",
  "429",
  "403",
  "operation fails",
  "operation fails and leaves nothing",
  "operation takes an hour",
] as const;

/** What can go wrong when Pulumi saves its state. */
export const saveFaults = ends;

/** What can go wrong with a connection to a machine. */
export const connectFaults = [...ends, "connection reset", "shows another host key"] as const;

/** What can go wrong with a command on a machine. */
export const commandFaults = [...ends, "connection reset", "answer lost"] as const;

/** What can go wrong when a file of a machine is replaced. */
export const writeFaults = [
  ...commandFaults,
  "disk full",
  "somebody edits the file",
  "somebody puts the file back",
] as const;

/** What can go wrong with each kind of step. */
export const faultsByKind = {
  request: requestFaults,
  save: saveFaults,
  connect: connectFaults,
  command: commandFaults,
  write: writeFaults,
};

export type FaultName = (typeof faultsByKind)[keyof typeof faultsByKind][number];

/** A step that changes something, or asks. */
export interface Effect {
  readonly kind: keyof typeof faultsByKind;
  /** Such as `POST /instance`, or `write web`. */
  readonly what: string;
}

/** What goes wrong, and with which effect, counted from 0. */
export interface PlannedFault {
  readonly at: number;
  readonly fault: FaultName;
}

/** The engine and its plugin were killed. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Counts the effects, and lets one of them go wrong. */
export class Effects {
  readonly happened: Effect[] = [];

  /**
   * @param plan undefined: nothing goes wrong
   * @param kill ends a process
   */
  constructor(
    readonly plan: PlannedFault | undefined,
    readonly kill: (process: Process) => void,
  ) {}

  /**
   * Lets an effect happen.
   *
   * @param perform makes it happen, with what goes wrong besides kills
   * @throws Killed in a process that is dead, or dies of it
   */
  async happen<T>(effect: Effect, perform: (fault: FaultName | undefined) => T | Promise<T>): Promise<T> {
    const process = currentProcess();
    if (process?.isDead) throw new Killed();
    const fault = this.plan?.at === this.happened.length ? this.plan.fault : undefined;
    this.happened.push(effect);
    if (process && fault === "killed before") return this.#die(process);
    if (process && fault === "engine killed") process.isEngineDead = true;
    if (effect.kind === "save" && process?.isEngineDead) throw new Killed();
    const result = await perform(fault);
    if (process && fault === "killed after") return this.#die(process);
    if (process?.isDead) throw new Killed();
    return result;
  }

  #die(process: Process): never {
    this.kill(process);
    throw new Killed();
  }
}
