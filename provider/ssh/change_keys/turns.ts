import { onAbort } from "../deadline";
import { hostAndPort, type SshTarget } from "../target";

/** The work that is under way or waits, by host: the last of each. */
const last = new Map<string, Promise<unknown>>();

/**
 * Does work on a host once all work on it that was begun before has ended. A host gets two connections at once, and who
 * changes keys needs both: two such changes would wait for each other.
 *
 * @throws the reason of the signal when it is aborted before the work begins; work that has begun ends by itself, because
 * it may have something to put back
 */
export async function inTurn<T>(
  { target, signal }: { readonly target: Pick<SshTarget, "host" | "port">; readonly signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const host = hostAndPort(target);
  const earlier = last.get(host) ?? Promise.resolve();
  const mine = unlessAborted(earlier, signal).then(work);
  const both = Promise.allSettled([earlier, mine]);
  last.set(host, both);
  void both.then(() => last.get(host) === both && last.delete(host));
  return await mine;
}

async function unlessAborted(earlier: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  let forget = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal) forget = onAbort(signal, reject);
  });
  try {
    await Promise.race([aborted, earlier]);
  } finally {
    forget();
  }
}
