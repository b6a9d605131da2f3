import { type ExoscaleSshError, LastKeyError, SshLoginRefusedError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import type { AuthorizedEntry } from "../authorized_keys/entry";
import type { Credential } from "../connection/credentials";
import { commandBounds } from "../connection/host_access";
import { entriesIn, readAccountFiles } from "./account_files";
import { accessAs, fingerprintsOf, type HostSession } from "./host_session";
import { keyOf } from "./key_identity";
import { probeKeys } from "./probe_keys";
import { credentialsWithout, credentialWith } from "./remaining_credentials";

/** Who can still log in once keys are removed. */
export type Witness =
  /** We, to an account that the change is not about, or to one that asks for no key. */
  | { readonly kind: "untouched" }
  /**
   * We, with a key that goes from other accounts and, by all that is known of files, stays in ours: that is only proven
   * once we have logged in again.
   */
  | { readonly kind: "elsewhere"; readonly credentials: readonly Credential[] }
  /** We, with credentials that stay. */
  | { readonly kind: "credential"; readonly credentials: readonly Credential[] }
  /** Whoever has this key of this account: sshd says that it would accept it. */
  | { readonly kind: "key"; readonly key: PublicKey; readonly user: string }
  /** Nobody that we know of, and the program permits that. */
  | { readonly kind: "nobody" };

/** Asking about more would look like guessing to the host. */
const mostAsked = 12;

/**
 * Finds out who can still log in once the keys are gone.
 *
 * @throws LastKeyError when nobody is known who can, unless the change permits it
 */
export async function findWitness(visit: HostSession, keys: readonly PublicKey[]): Promise<Witness> {
  const { session, change, access, accounts } = visit;
  const goes = fingerprintsOf(keys);
  if (session.loggedInKey === undefined) return { kind: "untouched" };
  const isNamed = accounts.some(({ user }) => user === access.target.user);
  const login = credentialWith(access.credentials, session.loggedInKey);
  if (!goes.has(session.loggedInKey))
    return isNamed ? { kind: "credential", credentials: login } : { kind: "untouched" };
  if (!isNamed && !(await sharesFiles(visit))) return { kind: "elsewhere", credentials: login };
  const { credentials, error } = await findRemainingCredentials(visit, goes);
  if (credentials.length > 0) return { kind: "credential", credentials };
  const witness = await findOtherKey(visit, goes);
  if (witness) return witness;
  if (change.allowLockout) return { kind: "nobody" };
  if (error && !(error instanceof SshLoginRefusedError)) throw error;
  throw new LastKeyError(
    `${[...goes].join(", ")} is the last key known to open ` +
      `${change.user}@${access.target.host}, so it was not removed. Add another key first, or set allowLockout: true.`,
  );
}

/** Whether the account that logs in has a file of an account of the change, or may have one. */
async function sharesFiles({ session, look, access, accounts }: HostSession): Promise<boolean> {
  const { user } = access.target;
  if (!look.accounts.has(user)) return true;
  const own = await readAccountFiles(session, look, user, commandBounds(access));
  const theirs = new Set(accounts.flatMap(({ files }) => files.map(({ resolved }) => resolved)));
  return own.unread.length > 0 || own.files.some(({ resolved }) => theirs.has(resolved));
}

interface Remaining {
  readonly credentials: readonly Credential[];
  readonly error?: ExoscaleSshError;
}

async function findRemainingCredentials({ access }: HostSession, goes: ReadonlySet<string>): Promise<Remaining> {
  const others = credentialsWithout(access.credentials, goes);
  if (others.length === 0) return { credentials: [] };
  const { loggedInKey, error } = await probeKeys(access, [], others);
  if (error) return { credentials: [], error };
  return { credentials: loggedInKey === undefined ? [] : credentialWith(others, loggedInKey) };
}

/** Among the keys that are in files now: one may have been added a moment ago. @throws when the host gives no answer */
async function findOtherKey(visit: HostSession, goes: ReadonlySet<string>): Promise<Witness | undefined> {
  const { session, look, change, access } = visit;
  // The login that succeeded, so that the question costs no failed one.
  const login = credentialWith(access.credentials, session.loggedInKey ?? "");
  for (const user of new Set([change.user, access.target.user])) {
    const account = await readAccountFiles(session, look, user, commandBounds(access));
    for (const key of candidates(entriesIn([account]), goes)) {
      const { answers, error } = await probeKeys(accessAs(visit, user), [key], login);
      if (answers.get(key.fingerprintSha256) === "yes") return { kind: "key", key, user };
      // A host that has stopped to answer would take its time for each of them.
      if (error && !(error instanceof SshLoginRefusedError)) throw error;
    }
  }
  return undefined;
}

function candidates(entries: readonly AuthorizedEntry[], goes: ReadonlySet<string>): PublicKey[] {
  const stays = ({ fingerprintSha256, isCertAuthority, forcesCommand, inert }: AuthorizedEntry) =>
    !goes.has(fingerprintSha256) && !isCertAuthority && !forcesCommand && inert === undefined;
  return entries
    .filter(stays)
    .sort((a, b) => a.options.length - b.options.length)
    .flatMap((entry) => keyOf(entry) ?? [])
    .slice(0, mostAsked);
}
