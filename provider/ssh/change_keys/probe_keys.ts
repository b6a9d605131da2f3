import { ExoscaleSshError, SshLoginRefusedError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import { connectWithRetry } from "../connection/connect_with_retry";
import type { Credential } from "../connection/credentials";
import type { HostAccess } from "../connection/host_access";
import { KeyQuestion } from "../connection/key_question";

/** What a host answers, by SHA256 fingerprint. */
export type Answers = ReadonlyMap<string, KeyQuestion["answer"]>;

/** The result of questions and logins in new connections. */
export interface KeyAnswers {
  readonly answers: Answers;
  /** Whether a credential logged in; undefined if none was given, or the host could not be reached. */
  readonly loggedIn: boolean | undefined;
  /** SHA256 fingerprint of the key that logged in last. */
  readonly loggedInKey?: string | undefined;
  /** The error of the last connection that did not log in. */
  readonly error?: ExoscaleSshError;
}

/** One question for each key. */
export function questionsAbout(keys: readonly PublicKey[]): KeyQuestion[] {
  return keys.map((key) => new KeyQuestion(key));
}

/** The answers to questions so far. */
export function answersOf(questions: readonly KeyQuestion[]): Answers {
  return new Map(questions.map(({ key, answer }) => [key.fingerprintSha256, answer]));
}

/**
 * Asks a host about keys in new connections, a few in each, and then logs in with the credentials: OpenSSH 9.8 and
 * later penalize connections without a login. A failure of the host or the network does not reject: it is in `error`.
 *
 * The questions themselves may be the reason why sshd refuses the login after them. Where that matters, log in without
 * questions.
 */
export async function probeKeys(
  access: HostAccess,
  keys: readonly PublicKey[],
  credentials: readonly Credential[],
): Promise<KeyAnswers> {
  const answers = new Map<string, KeyQuestion["answer"]>();
  let result: Omit<KeyAnswers, "answers"> = { loggedIn: undefined };
  for (const some of keys.length === 0 ? [[]] : batches(keys)) {
    const questions = questionsAbout(some);
    const { loggedInKey, error } = await probeOnce(access, questions, credentials);
    for (const [key, answer] of answersOf(questions)) answers.set(key, answer);
    if (error && !(error instanceof SshLoginRefusedError)) return { answers, loggedIn: undefined, error };
    const loggedIn = credentials.length > 0 ? error === undefined && result.loggedIn !== false : undefined;
    result = { loggedIn, loggedInKey, ...(error && { error }) };
  }
  return { answers, ...result };
}

/** A refused question counts as a failed login, and sshd may allow only three. An RSA key needs two questions. */
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
