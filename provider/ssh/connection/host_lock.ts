import { KeyedMutex } from "../../keyed_mutex";
import { hostAndPort, type SshTarget } from "./target";

const hosts = new KeyedMutex();

/**
 * Runs work on a host after all earlier work on it has ended. At most two connections to a host are open at once, besides
 * one that has logged in to change keys. A change asks in two connections beside its own: two changes at the same time
 * would hold each other up.
 *
 * @throws the reason of the signal if it aborts before the work begins; work that has begun runs to its end, because it
 * may have to put something back
 */
export async function withHostLock<T>(
  { target, signal }: { readonly target: Pick<SshTarget, "host" | "port">; readonly signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  return await hosts.run(hostAndPort(target), work, signal);
}
