import { ExoscaleSshError, SshLoginRefusedError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import { connectWithRetry } from "../connection/connect_with_retry";
import type { Credential } from "../connection/credentials";
import type { HostAccess } from "../connection/host_access";
import { isCutOff, KeyQuestion, type KeyTry, oneTryError } from "../connection/key_question";
import type { SshSession } from "../connection/session";

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
  const questions = questionsAbout(keys);
  const asking = new Asking(access, questions, credentials);
  do await asking.connectOnce();
  while (!asking.isDone);
  return { answers: answersOf(questions), ...asking.login };
}

/**
 * Logs in, and asks in the same connection. If sshd refuses so many keys that it ends the connection, this logs in
 * without the questions; they may then have no answer.
 *
 * @param open opens a connection with questions, as `connect` does
 */
export async function logInAsking(
  questions: readonly KeyQuestion[],
  open: (ask: readonly KeyTry[]) => Promise<SshSession>,
): Promise<SshSession> {
  const tries = questions.flatMap((question) => question.tries);
  try {
    return await open(tries);
  } catch (error) {
    const isTooMany = error instanceof SshLoginRefusedError && error.refusal === "too-many-tries";
    if (!isTooMany || tries.length === 0) throw error;
    return await open([]);
  }
}

/** All questions about an RSA key. With the default `MaxAuthTries`, sshd logs further refusals as failures. */
const MAX_TRIES_PER_CONNECTION = 3;

/** If sshd does not say how many failed tries it allows. */
const CAUTIOUS_MAX_AUTH_TRIES = 3;

/** How many questions sshd may refuse in a connection and still take the login after them, which must not fail. */
function triesPerConnection({ maxAuthTries = CAUTIOUS_MAX_AUTH_TRIES }: HostAccess): number {
  return Math.max(1, Math.min(maxAuthTries - 1, MAX_TRIES_PER_CONNECTION));
}

/** Questions that are asked in several connections. */
class Asking {
  /** What the connections so far say about the credentials. */
  login: Omit<KeyAnswers, "answers"> = { loggedIn: undefined };
  isDone = false;
  #left: readonly KeyTry[];
  #perConnection: number;
  readonly #access: HostAccess;
  readonly #questions: readonly KeyQuestion[];
  readonly #credentials: readonly Credential[];

  constructor(access: HostAccess, questions: readonly KeyQuestion[], credentials: readonly Credential[]) {
    this.#access = access;
    this.#questions = questions;
    this.#credentials = credentials;
    this.#left = questions.flatMap(({ tries }) => tries);
    this.#perConnection = triesPerConnection(access);
  }

  /** Asks the next questions. After an error other than a refusal, no more are asked. */
  async connectOnce(): Promise<void> {
    const some = this.#left.slice(0, this.#perConnection);
    const { loggedInKey, error } = await this.#probe(some);
    const isCut = isCutOff(error, some);
    const failure = isCut && some.length === 1 ? oneTryError(this.#access.target) : error;
    if (failure && !(failure instanceof SshLoginRefusedError)) return this.#fail(failure);
    if (isCut) return this.#askEachAlone();
    const isIn = this.#credentials.length > 0 ? error === undefined && this.login.loggedIn !== false : undefined;
    this.login = { loggedIn: isIn, loggedInKey, ...(error && { error }) };
    this.#setLeft(this.#left.slice(some.length));
  }

  #askEachAlone(): void {
    this.#perConnection = 1;
    this.#setLeft(this.#left);
  }

  #fail(error: ExoscaleSshError): void {
    this.login = { loggedIn: undefined, error };
    this.isDone = true;
  }

  #setLeft(tries: readonly KeyTry[]): void {
    this.#left = tries.filter((each) => this.#questions.some(({ open }) => open.includes(each)));
    this.isDone = this.#left.length === 0;
  }

  async #probe(ask: readonly KeyTry[]): Promise<{ loggedInKey?: string | undefined; error?: ExoscaleSshError }> {
    try {
      const session = await connectWithRetry(this.#access, this.#credentials, ask);
      session.close();
      return { loggedInKey: session.loggedInKey };
    } catch (error) {
      if (error instanceof ExoscaleSshError) return { error };
      throw error;
    }
  }
}
