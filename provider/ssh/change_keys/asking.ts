import { ExoscaleSshError, SshLoginRefusedError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import { connect } from "../connect";
import type { Credential } from "../credentials";
import { KeyQuestion } from "../key_question";
import type { HostAccess } from "./key_change";

/** Refused questions count as failed logins, of which sshd takes six; an RSA key is asked about twice. */
const questionsAtOnce = 2;

/** What a host answers, by SHA256 fingerprint. */
export type Answers = ReadonlyMap<string, KeyQuestion["answer"]>;

/** What was heard in connections of their own. */
export interface Heard {
  readonly answers: Answers;
  /** Whether a credential got in; undefined where none was given. */
  readonly loggedIn: boolean | undefined;
  /** Why there is no answer, where there is none. */
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
 */
export async function askAnew(
  access: HostAccess,
  keys: readonly PublicKey[],
  credentials: readonly Credential[],
): Promise<Heard> {
  const answers = new Map<string, KeyQuestion["answer"]>();
  let loggedIn: boolean | undefined;
  for (let from = 0; from < Math.max(1, keys.length); from += questionsAtOnce) {
    const questions = questionsAbout(keys.slice(from, from + questionsAtOnce));
    const error = await askOnce(access, questions, credentials);
    for (const [key, answer] of answersOf(questions)) answers.set(key, answer);
    if (credentials.length > 0) loggedIn = error === undefined;
    if (error && !(error instanceof SshLoginRefusedError)) return { answers, loggedIn, error };
    if (error && credentials.length > 0) return { answers, loggedIn, error };
  }
  return { answers, loggedIn };
}

async function askOnce(access: HostAccess, ask: readonly KeyQuestion[], credentials: readonly Credential[]) {
  try {
    (await connect(access.target, credentials, { ...access, ask })).close();
    return undefined;
  } catch (error) {
    if (error instanceof ExoscaleSshError) return error;
    throw error;
  }
}
