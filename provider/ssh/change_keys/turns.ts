import { hostAndPort, type SshTarget } from "../target";

/** The last piece of work on each host that is being worked on. */
const last = new Map<string, Promise<unknown>>();

/**
 * Does work on a host once all work on it that was begun before has ended. A host gets two connections at once, and who
 * changes keys needs both: two such changes would wait for each other.
 */
export async function inTurn<T>(target: Pick<SshTarget, "host" | "port">, work: () => Promise<T>): Promise<T> {
  const host = hostAndPort(target);
  const before = last.get(host) ?? Promise.resolve();
  const mine = before.then(work, work);
  last.set(host, mine);
  try {
    return await mine;
  } finally {
    if (last.get(host) === mine) last.delete(host);
  }
}
