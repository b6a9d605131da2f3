import { KeyedMutex } from "../../keyed_mutex";
import { hostAndPort, type SshTarget } from "./target";

const hosts = new KeyedMutex();

/**
 * Works on a host once all earlier work on it has ended. A host gets two connections at once, and a change of keys needs
 * both: two changes of one host would wait for each other.
 *
 * @throws the reason of the signal when it is aborted before the work begins; work that has begun runs to its end, because
 * it may have something to put back
 */
export async function withHostLock<T>(
  { target, signal }: { readonly target: Pick<SshTarget, "host" | "port">; readonly signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  return await hosts.run(hostAndPort(target), work, signal);
}
