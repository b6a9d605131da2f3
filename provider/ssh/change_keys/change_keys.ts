import { KeyUnprovenError } from "../../errors";
import { withFixedBastionCredentials } from "../connection/bastion";
import { connectWithRetry } from "../connection/connect_with_retry";
import type { HostAccess, Progress } from "../connection/host_access";
import { withHostLock } from "../connection/host_lock";
import { type AccountFiles, entriesIn, isUnreadByOwner } from "./account_files";
import { addKeys } from "./add_keys";
import { endOtherSessions } from "./end_sessions";
import { type HostSession, openHostSession } from "./host_session";
import type { KeyChange, KeyChangeReport } from "./key_change";
import { keysMeant } from "./key_identity";
import { findWitness } from "./lockout";
import { removeKeys } from "./remove_keys";

/**
 * Changes which keys open an account of a host, and proves it: new keys are added and accepted before an old one is
 * removed; an old one counts as closed when no file that sshd reads has it and sshd, asked in a new connection, refuses
 * it. The connection that is open while this is done puts everything back where the change would lock us out.
 *
 * Safe to repeat at any point: what is done already is proven again, and not written again. Changes of one host wait for
 * each other.
 *
 * @throws errors of `connect`; LastKeyError, KeyStillOpenError, KeyUnprovenError, KeyRestrictedError,
 * KeyNotAcceptedError, KeysNotWrittenError, KeysRolledBackError, KeysNotPutBackError
 */
export async function changeKeys(
  access: HostAccess,
  change: KeyChange,
  progress: Progress = () => undefined,
): Promise<KeyChangeReport> {
  const steady = withFixedBastionCredentials(access);
  return await withHostLock(steady, async () => {
    progress("logging in");
    const session = await connectWithRetry(steady, steady.credentials);
    try {
      return await applyChange(await openHostSession(session, steady, change, progress));
    } finally {
      session.close();
    }
  });
}

async function applyChange(visit: HostSession): Promise<KeyChangeReport> {
  refuseUnread(visit);
  const tookPlace = visit.change.onlyInPlaceOf !== true || hasSomethingToReplace(visit);
  const added = tookPlace ? await addKeys(visit) : [];
  const { notes, ...removal } = await removeOldKeys(visit);
  const isToEnd = visit.change.endSessions && visit.change.remove?.length;
  const ended = isToEnd ? await endOtherSessions(visit) : { endedSessions: 0, notes: [] };
  const { hostKey } = visit.session;
  return {
    hostKey,
    added,
    tookPlace,
    ...removal,
    endedSessions: ended.endedSessions,
    notes: [...notes, ...ended.notes],
  };
}

/** What cannot be read may hold a key that goes, or be where a new one belongs. */
function refuseUnread(visit: HostSession): void {
  const { change, accounts, access, look } = visit;
  const { host } = access.target;
  if (!look.accounts.has(change.user)) {
    throw new KeyUnprovenError(
      `${host} has no account ${change.user}, so nothing is known of its keys. Check the user name.`,
    );
  }
  const asked = accounts.filter(({ user }) => user === change.user || change.remove?.length);
  const unknown = asked.find(({ unread }) => unread.length > 0);
  if (!unknown) return;
  throw new KeyUnprovenError(
    `On ${host}, ${unknown.unread.join("; ")} could not be read${remedyFor(visit, unknown)}. Nothing was changed.`,
  );
}

function remedyFor({ change, access, look }: HostSession, account: AccountFiles): string {
  if (isUnreadByOwner(look, account)) return `, although ${account.user} itself tried to. Mend its owner and rights`;
  const { user } = access.target;
  const other = account.user === change.user ? account.user : "root";
  return ` as ${user}. Log in as ${other}, or let ${user} use sudo without a password (${look.becomeRefusal})`;
}

function hasSomethingToReplace({ change, accounts }: HostSession): boolean {
  const own = entriesIn(accounts.filter(({ user }) => user === change.user));
  const going = new Set(keysMeant(change.remove ?? [], own).map(({ fingerprintSha256 }) => fingerprintSha256));
  return own.some(({ fingerprintSha256 }) => going.has(fingerprintSha256));
}

async function removeOldKeys(visit: HostSession): Promise<Pick<KeyChangeReport, "closed" | "removed" | "notes">> {
  const { change, accounts, progress } = visit;
  if (!change.remove?.length) return { closed: [], removed: [], notes: [] };
  const keys = keysMeant(change.remove, entriesIn(accounts));
  if (keys.length === 0) return { closed: [], removed: [], notes: notesAboutLimits(visit) };
  const witness = await findWitness(visit, keys);
  const isOwn = keys.some(({ fingerprintSha256 }) => fingerprintSha256 === visit.session.loggedInKey);
  if (isOwn) await change.beforeOwnRemoval?.();
  progress("removing the old key");
  const { lines, notes } = await removeKeys(visit, keys, witness);
  return {
    closed: keys.map(({ fingerprintMd5 }) => fingerprintMd5),
    removed: lines,
    notes: [...notes, ...notesAboutLimits(visit)],
  };
}

/** What the proof does not reach. */
function notesAboutLimits({ accounts, access }: HostSession): string[] {
  const { host } = access.target;
  const authorities = accounts.flatMap(({ otherSources }) =>
    otherSources.filter((source) => /^TrustedUserCAKeys/.test(source)),
  );
  const doubts = accounts.flatMap(({ doubts }) => doubts);
  return [
    ...[...new Set(authorities)].map(
      (source) =>
        `sshd on ${host} has ${source}: a certificate that was signed for the key still opens what it opened.`,
    ),
    ...[...new Set(doubts)].map((doubt) => `On ${host}, ${doubt}.`),
  ];
}
