import { setTimeout as wait } from "node:timers/promises";
import { DeadlinePassed } from "../../deadline";

/** Waits. False if the deadline came first. Rejects with the caller's reason if the caller aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(milliseconds, undefined, { signal });
    return true;
  } catch {
    if (signal.reason instanceof DeadlinePassed) return false;
    throw signal.reason;
  }
}

/** A random pause between half of a limit and the limit, which doubles with every try up to `most`. */
export function backoff(tries: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** tries) * (0.5 + Math.random() / 2);
}
