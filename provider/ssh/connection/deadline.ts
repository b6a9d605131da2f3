import { setTimeout as wait } from "node:timers/promises";

/** The reason with which a signal is aborted when the time is over, as opposed to the caller's own abort. */
export class DeadlinePassed extends Error {}

/** Runs work with a signal that is aborted after `timeoutMs`, or with `outer`'s reason when that is aborted. */
export async function withDeadline<T>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const timer = setTimeout(() => inner.abort(new DeadlinePassed()), timeoutMs);
  const forget = outer ? onAbort(outer, (reason) => inner.abort(reason)) : () => undefined;
  try {
    return await work(inner.signal);
  } finally {
    clearTimeout(timer);
    forget();
  }
}

/** Calls back when the signal is, or already was, aborted. The function returned takes the listener away. */
export function onAbort(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
  const call = () => listener(signal.reason);
  if (signal.aborted) call();
  else signal.addEventListener("abort", call, { once: true });
  return () => signal.removeEventListener("abort", call);
}

/** Waits, and tells whether that ended before the deadline. Rejects with the caller's reason when the caller gave up. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(milliseconds, undefined, { signal });
    return true;
  } catch {
    if (signal.reason instanceof DeadlinePassed) return false;
    throw signal.reason;
  }
}

/** A pause that doubles with every try up to `most`, of which a random part between half and all is taken. */
export function backoff(tries: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** tries) * (0.5 + Math.random() / 2);
}
