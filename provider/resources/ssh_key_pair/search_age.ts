import type { Run } from "../contract/run";
import type { SshKeyPairState } from "./fields";

/** How old the lists of instances and pools may be for one of many deletions that only warn, in milliseconds. */
const AGE_MS = 5_000;

/** How many deletions within that time are many. */
const MANY = 8;

const beginningsOfRuns = new WeakMap<Run, number[]>();

/**
 * Counts a deletion, and says how old the lists may be in which it looks for the holders, in milliseconds. A deletion that refuses or revokes, and one of a few, asks for itself. Of many, all that begin within a
 * few seconds ask together: the engine carries out a hundred deletions eight by eight, and each would list the instances
 * and pools of every zone.
 */
export function searchAge(run: Run, { onDelete }: Pick<SshKeyPairState, "onDelete">): number {
  const now = Date.now();
  const recent = (beginningsOfRuns.get(run) ?? []).filter((beginning) => beginning > now - AGE_MS);
  beginningsOfRuns.set(run, [...recent.slice(-MANY), now]);
  return onDelete === "warn" && recent.length >= MANY ? AGE_MS : 0;
}
