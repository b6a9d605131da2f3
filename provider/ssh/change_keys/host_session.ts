import type { PublicKey } from "../../keys/public_key";
import type { HostAccess, Progress } from "../connection/host_access";
import { commandBounds } from "../connection/host_access";
import type { SshSession } from "../connection/session";
import { type HostFacts, inspectHost } from "../host_files/inspect_host";
import type { AccountFile } from "./account_files";
import type { KeyChange } from "./key_change";
import { type Accounts, readAccounts, usersToInspect } from "./read_accounts";

/** What one change of a host's keys works with, while the connection is open. */
export interface HostSession extends Accounts {
  readonly session: SshSession;
  readonly facts: HostFacts;
  /** How to connect again: only to the host key that this connection showed. */
  readonly access: HostAccess;
  readonly change: KeyChange;
  /** The files of the accounts of the change that exist, its user's first, as they were before the change. */
  readonly accounts: Accounts["accounts"];
  readonly progress: Progress;
}

/** Reads what a change has to know about the host. */
export async function openHostSession(
  session: SshSession,
  access: HostAccess,
  change: KeyChange,
  progress: Progress,
): Promise<HostSession> {
  const users = [...new Set([change.user, ...(change.alsoFrom ?? [])])];
  const bounds = commandBounds(access);
  // The account that logs in may share files with an account of the change.
  const facts = await inspectHost(session, usersToInspect(users, access.target.user), {
    ...bounds,
    withUsualFiles: true,
  });
  // Nobody can log in to an account that does not exist.
  const present = users.filter((user) => user === change.user || facts.accounts.has(user));
  const read = await readAccounts(session, facts, present, access.target.user, bounds);
  const { type, base64 } = session.hostKey;
  return { session, facts, access: { ...access, knownHostKeys: [`${type} ${base64}`] }, change, ...read, progress };
}

/** The same host as another account. */
export function accessAs({ access, accounts }: Pick<HostSession, "access" | "accounts">, user: string): HostAccess {
  const { maxAuthTries } = accounts.find((account) => account.user === user) ?? {};
  return { ...access, target: { ...access.target, user }, ...(maxAuthTries !== undefined && { maxAuthTries }) };
}

/** Keys for a message: the names that the change gives them, else their fingerprints. */
export function namesOf({ change }: Pick<HostSession, "change">, keys: readonly Fingerprints[]): string {
  const nameOf = ({ fingerprintSha256, fingerprintMd5 }: Fingerprints) =>
    change.names?.get(fingerprintSha256) ?? change.names?.get(fingerprintMd5) ?? fingerprintSha256;
  return [...new Set(keys.map(nameOf))].join(", ");
}

/**
 * A step for the people who wait, about one key or several: `what` is the part up to the word key, `then` what follows
 * it. Names are added if the change gives any.
 */
export function stepWith(
  host: Pick<HostSession, "change">,
  keys: readonly Fingerprints[],
  what: string,
  then: "" | "accepted" | "refused" = "",
): string {
  const isOne = keys.length === 1;
  const end = then === "" ? "" : ` ${isOne ? "is" : "are"} ${then}`;
  const names = host.change.names ? `: ${namesOf(host, keys)}` : "";
  return `${what} key${isOne ? "" : "s"}${end}${names}`;
}

type Fingerprints = Pick<PublicKey, "fingerprintSha256" | "fingerprintMd5">;

/** SHA256 fingerprints of keys. */
export function fingerprintsOf(keys: readonly { readonly fingerprintSha256: string }[]): ReadonlySet<string> {
  return new Set(keys.map(({ fingerprintSha256 }) => fingerprintSha256));
}

/** The files of the account that the change is about. */
export function ownFiles({ change, accounts }: HostSession): readonly AccountFile[] {
  return accounts.find(({ user }) => user === change.user)?.files ?? [];
}
