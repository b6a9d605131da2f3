import type { HostAccess } from "../../account";
import { KeyedMutex } from "../../keyed_mutex";

/**
 * The pause between two connections to a host that end without a login, in milliseconds. OpenSSH 9.8 and later locks out
 * an address with several of them (PerSourcePenalties): each one counts for five seconds, also over runs that follow
 * each other.
 */
const PAUSE_MS = 5_000;

const hosts = new KeyedMutex();

/** When a host may be asked again, in ms since 1970, by address. */
const earliestQuestions = new Map<string, number>();

/** What is known after a question. */
interface Asked {
  /** How many connections to the host ended without a login. A host that allows few tries takes several to answer. */
  readonly withoutLogin: number;
}

/**
 * Asks a host a question, one after the other and not too often.
 *
 * @param deadline in ms since 1970
 * @param ask gets the milliseconds that are left
 * @returns undefined if there was no time left to ask
 */
export async function askInTurn<Answer extends Asked>(
  { host, port }: HostAccess["target"],
  deadline: number,
  ask: (left: number) => Promise<Answer>,
): Promise<Answer | undefined> {
  const name = `${host} ${port}`;
  return await hosts.run(name, async () => {
    const earliest = earliestQuestions.get(name) ?? 0;
    if (Math.max(earliest, Date.now()) >= deadline) return undefined;
    await waitUntil(earliest);
    const answer = await ask(deadline - Date.now());
    if (answer.withoutLogin > 0) earliestQuestions.set(name, Date.now() + answer.withoutLogin * PAUSE_MS);
    return answer;
  });
}

async function waitUntil(time: number): Promise<void> {
  const left = time - Date.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}
