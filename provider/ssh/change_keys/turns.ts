import { onAbort } from "../deadline";
import { hostAndPort, type SshTarget } from "../target";

/** The changes that are under way, by host: the last one of each. */
const last = new Map<string, Promise<unknown>>();

/**
 * Runs work when every earlier one at the same host has ended. A host gets two connections at once, and a change takes
 * both: two changes side by side would each wait for the other's.
 *
 * @throws the reason of the signal when it is aborted before the work begins
 */
export async function inTurn<T>(
  { target, signal }: { readonly target: SshTarget; readonly signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const host = hostAndPort(target);
  const earlier = last.get(host) ?? Promise.resolve();
  const done = earlier.then(() => {
    signal?.throwIfAborted();
    return work();
  });
  const settled = done.catch(() => undefined);
  last.set(host, settled);
  void settled.then(() => last.get(host) === settled && last.delete(host));
  return await unlessAborted(done, signal);
}

/** The caller does not wait longer than its signal; what has begun ends by the same signal. */
async function unlessAborted<T>(done: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await done;
  let forget = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    forget = onAbort(signal, reject);
  });
  try {
    return await Promise.race([done, aborted]);
  } finally {
    forget();
  }
}
