/** What the provider and the engine do to the world, step by step, and what goes wrong with one of the steps. */
import { currentProcess, type Process } from "./simulated_time";

/** How a run can end at any step. */
const ends = ["killed before", "killed after", "engine killed"] as const;

/** The network can also stay away for the rest of the run, before a step has reached the other side, or after it. */
const offline = ["network gone before", "network gone after"] as const;

/** What can go wrong with a request to the API. */
export const requestFaults = [
  ...ends,
  ...offline,
  "connection reset",
  "answer lost",
  "503",
  "503 after acting",
  "429",
  "403",
  "operation fails",
  "operation fails and leaves nothing",
  "operation takes an hour",
] as const;

/** What can go wrong when Pulumi saves its state. */
export const saveFaults = ends;

/** What can go wrong with a connection to a machine. */
export const connectFaults = [...ends, ...offline, "connection reset", "shows another host key"] as const;

/** What can go wrong with a command on a machine. */
export const commandFaults = [...ends, ...offline, "connection reset", "answer lost"] as const;

/** What can go wrong when a file of a machine is replaced. */
export const writeFaults = [
  ...commandFaults,
  "disk full",
  "somebody edits the file",
  "somebody puts the file back",
] as const;

/** What can go wrong when a private key file is made or removed. */
export const fileFaults = [...ends, "disk full"] as const;

/** What can go wrong with each kind of step. */
export const faultsByKind = {
  request: requestFaults,
  save: saveFaults,
  connect: connectFaults,
  command: commandFaults,
  write: writeFaults,
  file: fileFaults,
};

export type FaultName = (typeof faultsByKind)[keyof typeof faultsByKind][number];

/** A step that changes something, or asks. */
export interface Effect {
  readonly kind: keyof typeof faultsByKind;
  /** Such as `POST /instance`, or `write web`. */
  readonly what: string;
}

/** What can go wrong with a step. */
export function faultsOfEffect({ kind, what }: Effect): readonly FaultName[] {
  // A read begins no operation.
  const isRead = kind === "request" && what.startsWith("GET ");
  return (faultsByKind[kind] as readonly FaultName[]).filter((fault) => !(isRead && fault.startsWith("operation")));
}

/** What goes wrong, and with which effect, counted from 0. */
export interface PlannedFault {
  readonly at: number;
  readonly fault: FaultName;
}

/** Says what goes wrong with a step of a run, counted from 0; undefined: nothing. */
export type Plan = (effect: Effect, at: number) => FaultName | undefined;

/** The engine and its plugin were killed. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Counts the effects of a run, and lets some of them go wrong. */
export class Effects {
  readonly happened: Effect[] = [];
  /** How many of them have ended. */
  ended = 0;
  /** Whether the network is gone. */
  #isOffline = false;

  constructor(readonly plan: Plan) {}

  /** Counts an effect. @returns what goes wrong with it */
  count(effect: Effect): FaultName | undefined {
    const fault = this.plan(effect, this.happened.length);
    this.happened.push(effect);
    const isAway = this.#isOffline && effect.kind !== "save" && effect.kind !== "file";
    this.#isOffline ||= fault === "network gone before" || fault === "network gone after";
    switch (fault) {
      case "network gone before":
        return "connection reset";
      case "network gone after":
        return "answer lost";
      default:
        return isAway && !isEnd(fault) ? "connection reset" : fault;
    }
  }
}

const isEnd = (fault: FaultName | undefined) => ends.some((end) => end === fault);

/**
 * Lets an effect of the present process happen. Outside of a process nothing goes wrong.
 *
 * @param perform makes it happen, with what goes wrong besides kills
 * @throws Killed in a process that is dead, or dies of it
 */
export async function happen<T>(effect: Effect, perform: (fault: FaultName | undefined) => T | Promise<T>): Promise<T> {
  const process = currentProcess();
  if (!process) return await perform(undefined);
  if (process.isDead) throw new Killed();
  const fault = process.effects.count(effect);
  if (fault === "killed before") return die(process);
  if (fault === "engine killed") process.isEngineDead = true;
  if (effect.kind === "save" && process.isEngineDead) throw new Killed();
  const result = await (async () => perform(fault))().finally(() => {
    process.effects.ended += 1;
  });
  if (fault === "killed after") return die(process);
  if (process.isDead) throw new Killed();
  return result;
}

function die(process: Process): never {
  process.isDead = true;
  process.abort.abort(new Killed());
  throw new Killed();
}
