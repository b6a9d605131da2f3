import { ExoscaleSshError, LastKeyError, SshLoginRefusedError, SshNoShellError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import type { AuthorizedEntry } from "../authorized_keys/entry";
import { connectWithRetry } from "../connection/connect_with_retry";
import type { Credential } from "../connection/credentials";
import { commandBounds, type HostAccess } from "../connection/host_access";
import { checkShell } from "../host_files/run_script";
import { entriesIn, readAccountFiles } from "./account_files";
import type { Edit } from "./edits";
import { accessAs, fingerprintsOf, type HostSession, namesOf } from "./host_session";
import { keyOf } from "./key_identity";
import { probeKeys } from "./probe_keys";
import { credentialsWithout, credentialWith } from "./remaining_credentials";

/** Who can still log in after keys are removed. */
export type Witness =
  /** We, to an account that the change does not name, or to one that needs no key. */
  | { readonly kind: "untouched" }
  /**
   * We, with a key that is removed from other accounts and, as far as the files show, stays in ours. Only another login
   * proves that.
   */
  | { readonly kind: "elsewhere"; readonly credentials: readonly Credential[] }
  /** We, with credentials that stay. */
  | { readonly kind: "credential"; readonly credentials: readonly Credential[] }
  /** The owner of this key, to this account: sshd says that it would accept the key. */
  | { readonly kind: "key"; readonly key: PublicKey; readonly user: string }
  /** Nobody that we know of, and the program allows that. */
  | { readonly kind: "nobody" };

/** More questions would look like guessing to the host. */
const MAX_QUESTIONS = 12;

/**
 * Finds out who can still log in after the keys are removed.
 *
 * @throws LastKeyError if we know of nobody, unless the change allows that
 */
export async function findWitness(host: HostSession, keys: readonly PublicKey[]): Promise<Witness> {
  const { session, change, access, accounts } = host;
  const removed = fingerprintsOf(keys);
  if (session.loggedInKey === undefined) return { kind: "untouched" };
  const isNamed = accounts.some(({ user }) => user === access.target.user);
  const login = credentialWith(access.credentials, session.loggedInKey);
  if (!removed.has(session.loggedInKey))
    return isNamed ? { kind: "credential", credentials: login } : { kind: "untouched" };
  if (!isNamed && !(await sharesFiles(host))) return { kind: "elsewhere", credentials: login };
  const { credentials, error } = await findRemainingCredentials(access, removed);
  if (credentials.length > 0) return { kind: "credential", credentials };
  const witness = await findOtherKey(host, removed);
  if (witness) return witness;
  if (change.allowLockout) return { kind: "nobody" };
  if (error && !(error instanceof SshLoginRefusedError)) throw error;
  throw lastKeyError(host, keys);
}

function lastKeyError({ change, access }: HostSession, keys: readonly PublicKey[]): LastKeyError {
  const named = keys.map((key) => {
    const name = namesOf({ change }, [key]);
    return name === key.fingerprintSha256 ? name : `${name} (${key.fingerprintSha256})`;
  });
  const machine = change.machine === undefined ? "" : ` (${change.machine})`;
  const account = `${change.user}@${access.target.host}${machine}`;
  const isOne = keys.length === 1;
  return new LastKeyError(
    `${named.join(", ")} ${isOne ? "is the last key" : "are the last keys"} known to open ${account}, so ` +
      `${isOne ? "it was" : "they were"} not removed. Add another key first, or set allowLockout: true.`,
  );
}

/** Whether the account that logs in shares a file with an account of the change, or may share one. */
async function sharesFiles({ session, facts, access, accounts }: HostSession): Promise<boolean> {
  const { user } = access.target;
  if (!facts.accounts.has(user)) return true;
  const own = await readAccountFiles(session, facts, user, commandBounds(access));
  const theirs = new Set(accounts.flatMap(({ files }) => files.map(({ resolved }) => resolved)));
  return own.unread.length > 0 || own.files.some(({ resolved }) => theirs.has(resolved));
}

interface Remaining {
  readonly credentials: readonly Credential[];
  readonly error?: ExoscaleSshError;
}

/** A key of ours that sshd lets in and that runs a forced command is passed over. */
async function findRemainingCredentials(access: HostAccess, removed: ReadonlySet<string>): Promise<Remaining> {
  const others = credentialsWithout(access.credentials, removed);
  if (others.length === 0) return { credentials: [] };
  try {
    const { loggedInKey, noShell } = await logInAgain(access, others);
    if (loggedInKey === undefined) return { credentials: [] };
    if (!noShell) return { credentials: credentialWith(others, loggedInKey) };
    return await findRemainingCredentials(access, new Set([...removed, loggedInKey]));
  } catch (error) {
    if (error instanceof ExoscaleSshError) return { credentials: [], error };
    throw error;
  }
}

/** Reads the files again: a key may have been added a moment ago. @throws if the host gives no answer */
async function findOtherKey(host: HostSession, removed: ReadonlySet<string>): Promise<Witness | undefined> {
  const { session, facts, change, access } = host;
  // A connection that ends with this login does not count as a failed one.
  const login = credentialWith(access.credentials, session.loggedInKey ?? "");
  for (const user of new Set([change.user, access.target.user])) {
    const account = await readAccountFiles(session, facts, user, commandBounds(access));
    for (const key of candidates(entriesIn([account]), removed)) {
      const { answers, error } = await probeKeys(accessAs(host, user), [key], login);
      if (answers.get(key.fingerprintSha256) === "yes") return { kind: "key", key, user };
      // A host that no longer answers would cost a timeout for each key.
      if (error && !(error instanceof SshLoginRefusedError)) throw error;
    }
  }
  return undefined;
}

function candidates(entries: readonly AuthorizedEntry[], removed: ReadonlySet<string>): PublicKey[] {
  // Where a key has several lines, sshd takes the first one that holds: it says yes, and then may force the command.
  const forced = fingerprintsOf(entries.filter(({ forcesCommand }) => forcesCommand));
  const canLogIn = ({ fingerprintSha256, isCertAuthority, inert }: AuthorizedEntry) =>
    !removed.has(fingerprintSha256) && !forced.has(fingerprintSha256) && !isCertAuthority && inert === undefined;
  return entries
    .filter(canLogIn)
    .sort((a, b) => a.options.length - b.options.length)
    .flatMap((entry) => keyOf(entry) ?? [])
    .slice(0, MAX_QUESTIONS);
}

/**
 * Proves that we can still log in and run our commands after the line of the very key that logs in was changed: its
 * options may exclude us or force another command. Also for the line of another account, which may share the file.
 *
 * @throws LastKeyError if we cannot, unless the change allows that; errors of `connect` and of a command on the host if
 * that could not be found out
 */
export async function proveOwnLogin(host: HostSession, edits: readonly Edit[]): Promise<void> {
  const { session, access, change } = host;
  const own = change.add?.find(({ key }) => key.fingerprintSha256 === session.loggedInKey);
  if (!own?.options?.length || edits.length === 0 || change.allowLockout) return;
  try {
    const { noShell } = await logInAgain(access, access.credentials);
    if (noShell) throw noShell;
  } catch (error) {
    const failure = failedStep(error);
    if (failure === undefined) throw error;
    const { user, host: address } = access.target;
    throw new LastKeyError(
      `With ${own.options.join()} ${session.loggedInKey} would not ${failure} ${user}@${address} any more. Log in with ` +
        "another key, or set allowLockout: true.",
    );
  }
}

interface LoginAgain {
  readonly loggedInKey: string | undefined;
  /** Why the login runs none of our commands, if it does not. */
  readonly noShell?: SshNoShellError;
}

async function logInAgain(access: HostAccess, credentials: readonly Credential[]): Promise<LoginAgain> {
  const session = await connectWithRetry(access, credentials);
  const { loggedInKey } = session;
  try {
    await checkShell(session, commandBounds(access));
    return { loggedInKey };
  } catch (error) {
    if (error instanceof SshNoShellError) return { loggedInKey, noShell: error };
    throw error;
  } finally {
    session.close();
  }
}

function failedStep(error: unknown): string | undefined {
  if (error instanceof SshLoginRefusedError) return "let us in to";
  return error instanceof SshNoShellError ? "run our commands on" : undefined;
}
