/** The reason of a signal that aborts because the time is over, and not because the caller aborted. */
export class DeadlinePassed extends Error {}

/** Runs work with a signal that aborts after `timeoutMs`, or with `outer`'s reason if that aborts first. */
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

/** Calls back if the signal aborts, or already has. The returned function removes the listener. */
export function onAbort(signal: AbortSignal, listener: (reason: unknown) => void): () => void {
  const call = () => listener(signal.reason);
  if (signal.aborted) call();
  else signal.addEventListener("abort", call, { once: true });
  return () => signal.removeEventListener("abort", call);
}
