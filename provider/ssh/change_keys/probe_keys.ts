import { ExoscaleSshError, SshLoginRefusedError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import { connectWithRetry } from "../connection/connect_with_retry";
import type { Credential } from "../connection/credentials";
import type { HostAccess } from "../connection/host_access";
import { KeyQuestion } from "../connection/key_question";

/** What a host answers, by SHA256 fingerprint. */
export type Answers = ReadonlyMap<string, KeyQuestion["answer"]>;

/** What was heard in connections of their own. */
export interface KeyAnswers {
  readonly answers: Answers;
  /** Whether a credential got in; undefined where none was given, or the host could not be spoken to. */
  readonly loggedIn: boolean | undefined;
  /** SHA256 fingerprint of the key that got in last. */
  readonly loggedInKey?: string | undefined;
  /** What the last connection that did not end with a login ended with. */
  readonly error?: ExoscaleSshError;
}

/** Makes questions of keys. */
export function questionsAbout(keys: readonly PublicKey[]): KeyQuestion[] {
  return keys.map((key) => new KeyQuestion(key));
}

/** The answers that questions have got so far. */
export function answersOf(questions: readonly KeyQuestion[]): Answers {
  return new Map(questions.map(({ key, answer }) => [key.fingerprintSha256, answer]));
}

/**
 * Asks a host about keys in new connections, a few in each, and then logs in with the credentials, which spares OpenSSH
 * 9.8 and later their suspicion. Rejects for nothing that a host or a network does: `error` has it.
 *
 * A login that was refused after questions may have been refused because of them: where that matters, try it alone.
 */
export async function probeKeys(
  access: HostAccess,
  keys: readonly PublicKey[],
  credentials: readonly Credential[],
): Promise<KeyAnswers> {
  const answers = new Map<string, KeyQuestion["answer"]>();
  let heard: Omit<KeyAnswers, "answers"> = { loggedIn: undefined };
  for (const some of keys.length === 0 ? [[]] : batches(keys)) {
    const questions = questionsAbout(some);
    const { loggedInKey, error } = await probeOnce(access, questions, credentials);
    for (const [key, answer] of answersOf(questions)) answers.set(key, answer);
    if (error && !(error instanceof SshLoginRefusedError)) return { answers, loggedIn: undefined, error };
    const loggedIn = credentials.length > 0 ? error === undefined && heard.loggedIn !== false : undefined;
    heard = { loggedIn, loggedInKey, ...(error && { error }) };
  }
  return { answers, ...heard };
}

/** Refused questions count as failed logins, of which an sshd may take as few as three; an RSA key is asked about twice. */
function batches(keys: readonly PublicKey[]): PublicKey[][] {
  const [twice, once] = [keys.filter(isAskedTwice), keys.filter((key) => !isAskedTwice(key))];
  const pairs = once.flatMap((_key, at) => (at % 2 === 0 ? [once.slice(at, at + 2)] : []));
  return [...twice.map((key) => [key]), ...pairs];
}

const isAskedTwice = ({ algorithm }: PublicKey) => algorithm === "rsa";

type OneProbe = { readonly loggedInKey?: string | undefined; readonly error?: ExoscaleSshError };

async function probeOnce(
  access: HostAccess,
  ask: readonly KeyQuestion[],
  credentials: readonly Credential[],
): Promise<OneProbe> {
  try {
    const session = await connectWithRetry(access, credentials, ask);
    session.close();
    return { loggedInKey: session.loggedInKey };
  } catch (error) {
    if (error instanceof ExoscaleSshError) return { error };
    throw error;
  }
}
