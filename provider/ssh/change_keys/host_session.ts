import type { HostAccess, Progress } from "../connection/host_access";
import { commandBounds } from "../connection/host_access";
import type { SshSession } from "../connection/session";
import { isUserName } from "../host_files/account";
import { type HostFacts, inspectHost } from "../host_files/inspect_host";
import { type AccountFiles, readAccountFiles } from "./account_files";
import type { KeyChange } from "./key_change";

/** One change of one host's keys, while the connection is open. */
export interface HostSession {
  readonly session: SshSession;
  readonly look: HostFacts;
  /** How to connect again: to the host key that was shown, and to no other. */
  readonly access: HostAccess;
  readonly change: KeyChange;
  /** The files of the accounts of the change that exist, its user's first, as they were when the visit began. */
  readonly accounts: readonly AccountFiles[];
  readonly progress: Progress;
}

/** Looks around on a host. */
export async function openHostSession(
  session: SshSession,
  access: HostAccess,
  change: KeyChange,
  progress: Progress,
): Promise<HostSession> {
  const users = [...new Set([change.user, ...(change.alsoFrom ?? [])])];
  const bounds = commandBounds(access);
  // Of the account that logs in the files are asked for where the change may touch them under another account's name.
  const look = await inspectHost(session, [...new Set([...users, ...[access.target.user].filter(isUserName)])], bounds);
  // Nobody gets in as an account that is not there.
  const present = users.filter((user) => user === change.user || look.accounts.has(user));
  const accounts = await Promise.all(present.map((user) => readAccountFiles(session, look, user, bounds)));
  const { type, base64 } = session.hostKey;
  // From here on it is this host and no other.
  return { session, look, access: { ...access, knownHostKeys: [`${type} ${base64}`] }, change, accounts, progress };
}

/** The same host as another account. */
export function accessAs({ access }: HostSession, user: string): HostAccess {
  return { ...access, target: { ...access.target, user } };
}

/** SHA256 fingerprints of keys. */
export function fingerprintsOf(keys: readonly { readonly fingerprintSha256: string }[]): ReadonlySet<string> {
  return new Set(keys.map(({ fingerprintSha256 }) => fingerprintSha256));
}
