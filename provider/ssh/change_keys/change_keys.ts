import { KeyUnprovenError } from "../../errors";
import { printable } from "../../errors/printable";
import type { PublicKey } from "../../keys/public_key";
import { entriesOf } from "../authorized_keys/entry";
import { type LineRole, nameOf, roleOf } from "../authorized_keys/options";
import { withFixedBastionCredentials } from "../connection/bastion";
import { connectWithRetry } from "../connection/connect_with_retry";
import type { HostAccess, Progress } from "../connection/host_access";
import { withHostLock } from "../connection/host_lock";
import { oneTryError } from "../connection/key_question";
import { type AccountFiles, entriesIn, isUnreadByOwner } from "./account_files";
import { addKeys } from "./add_keys";
import { endOtherSessions } from "./end_sessions";
import { fingerprintsOf, type HostSession, openHostSession, stepWith } from "./host_session";
import { type KeyChange, type KeyChangeReport, removedRoles } from "./key_change";
import { keysMeant } from "./key_identity";
import { findWitness } from "./lockout";
import { removeKeys } from "./remove_keys";

/**
 * Changes which keys open an account of a host, and proves it. New keys are added and accepted before an old key is
 * removed. An old key counts as closed when no file that sshd reads has it, and sshd refuses it in a new connection.
 * One connection stays open all the time: it puts everything back if the change would lock us out.
 *
 * Safe to repeat at any point: a step that is done is proven again and not written again. Changes of one host wait for
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
  const fixed = withFixedBastionCredentials(access);
  return await withHostLock(fixed, async () => {
    progress("logging in");
    // The proof asks in two other connections at once. sshd limits those that have not logged in.
    const session = await connectWithRetry(fixed, fixed.credentials, [], "until logged in");
    try {
      return await applyChange(await openHostSession(session, fixed, change, progress));
    } finally {
      session.close();
    }
  });
}

async function applyChange(host: HostSession): Promise<KeyChangeReport> {
  refuseUnread(host);
  refuseOtherFiles(host);
  refuseUnanswerable(host);
  const tookPlace = host.change.onlyInPlaceOf !== true || hasSomethingToReplace(host);
  const added = tookPlace ? await addKeys(host) : [];
  const { notes, ...removal } = await removeOldKeys(host);
  const endsSessions = host.change.endSessions && host.change.remove?.length;
  const ended = endsSessions ? await endOtherSessions(host) : { endedSessions: 0, notes: [] };
  const { hostKey } = host.session;
  return {
    hostKey,
    added,
    tookPlace,
    ...removal,
    endedSessions: ended.endedSessions,
    notes: [...(tookPlace ? notesAboutOptions(host) : []), ...notes, ...ended.notes],
  };
}

/** A file that cannot be read may hold a removed key, or be the file to which a new key belongs. */
function refuseUnread(host: HostSession): void {
  const { change, accounts, access, facts } = host;
  const address = access.target.host;
  if (!facts.accounts.has(change.user)) {
    throw new KeyUnprovenError(
      `${address} has no account ${change.user}, so nothing is known of its keys. Check the user name.`,
    );
  }
  const needed = accounts.filter(({ user }) => user === change.user || change.remove?.length);
  const unknown = needed.find(({ unread }) => unread.length > 0);
  if (!unknown) return;
  throw new KeyUnprovenError(
    `On ${address}, ${unknown.unread.join("; ")} could not be read${remedyFor(host, unknown)}. Nothing was changed.`,
  );
}

/** A key without options needs no file that we know: sshd itself says that it accepts it. */
function refuseOtherFiles({ change: { add = [], remove = [] }, access, otherFiles }: HostSession): void {
  if (otherFiles === undefined || (remove.length === 0 && !add.some(({ options }) => options?.length))) return;
  throw new KeyUnprovenError(`On ${access.target.host}, ${otherFiles} Nothing was changed.`);
}

/** Without sshd's refusal no key is closed: it would be removed in vain, and put back if it is the only one. */
function refuseUnanswerable({ change, accounts, access }: HostSession): void {
  // sshd is not asked about authorities.
  const isNeeded = change.removeOnly !== "authority" && keysMeant(change.remove ?? [], entriesIn(accounts)).length > 0;
  if (isNeeded && accounts.some(({ maxAuthTries }) => maxAuthTries === 1)) {
    throw oneTryError(access.target).addSentence("Nothing was changed.");
  }
}

function remedyFor({ change, access, facts }: HostSession, account: AccountFiles): string {
  const { user } = access.target;
  if (account.obstacle === "too-large") return ". Shorten it";
  if (account.obstacle === "no-rights" && facts.become !== undefined) {
    return ` as ${account.user}. Let ${user} use sudo as every user (ALL) without a password, not only as root, or log in as ${account.user}`;
  }
  if (isUnreadByOwner(facts, account)) return `, although ${account.user} itself tried to. Correct its owner and mode`;
  const other = account.user === change.user ? account.user : "root";
  return ` as ${user}. Log in as ${other}, or let ${user} use sudo without a password (${facts.becomeRefusal})`;
}

function hasSomethingToReplace({ change, accounts }: HostSession): boolean {
  const own = entriesIn(accounts.filter(({ user }) => user === change.user));
  const removed = fingerprintsOf(keysMeant(change.remove ?? [], own));
  return own.some(({ fingerprintSha256 }) => removed.has(fingerprintSha256));
}

type Removal = Pick<KeyChangeReport, "closed" | "found" | "removed" | "notes">;

async function removeOldKeys(host: HostSession): Promise<Removal> {
  const { change, accounts, progress } = host;
  if (!change.remove?.length) return { closed: [], found: [], removed: [], notes: [] };
  const isRemoved = (role: LineRole) => removedRoles(change).includes(role);
  const keys = keysMeant(change.remove, entriesIn(accounts));
  if (keys.length === 0) return { closed: [], found: [], removed: [], notes: notesAboutLimits(host) };
  const inFiles = fingerprintsOf(entriesIn(accounts).filter(({ options }) => isRemoved(roleOf(options))));
  const refused = isRemoved("key") ? keys : [];
  const witness = await findWitness(host, refused);
  const isOwn = refused.some(({ fingerprintSha256 }) => fingerprintSha256 === host.session.loggedInKey);
  if (isOwn) await change.beforeOwnRemoval?.();
  progress(stepWith(host, keys, "removing the old"));
  const { lines, notes } = await removeKeys(host, keys, witness);
  return {
    closed: keys.map(({ fingerprintMd5 }) => fingerprintMd5),
    found: keys.filter((key) => inFiles.has(key.fingerprintSha256)).map(({ fingerprintMd5 }) => fingerprintMd5),
    removed: lines,
    notes: [...notes, ...(isRemoved("authority") ? [] : notesAboutAuthorities(host, keys)), ...notesAboutLimits(host)],
  };
}

/** Certificates of a key still open an account that keeps it as an authority, and whoever has the key can sign some. */
function notesAboutAuthorities({ accounts, access }: HostSession, keys: readonly PublicKey[]): string[] {
  const removed = fingerprintsOf(keys);
  const files = accounts.flatMap(({ user, files }) => files.map((file) => ({ user, ...file })));
  return files
    .filter(({ bytes }) =>
      entriesOf(bytes).some((entry) => entry.isCertAuthority && removed.has(entry.fingerprintSha256)),
    )
    .map(
      ({ user, path }) =>
        `In ${printable(path)} the key stays as a certificate authority: whoever has it still gets in to ${user}@${access.target.host} ` +
        "with a certificate that he signs. Remove that line too, or the AuthorizedKey that has it, if nobody should.",
    );
}

/** The files show that the options of a line hold, and nothing shows what else sshd asks. */
function notesAboutOptions({ change, accounts, access }: HostSession): string[] {
  const doubts = accounts.filter(({ user }) => user === change.user).flatMap((account) => account.doubts);
  const options = (change.add ?? []).flatMap((line) => line.options ?? []);
  const limits = options.filter((option) => nameOf(option) !== "cert-authority").join();
  return limits === ""
    ? []
    : doubts.map((doubt) => `It may get in without ${limits}: on ${access.target.host}, ${doubt}.`);
}

/** What the proof does not cover. */
function notesAboutLimits({ accounts, access }: HostSession): string[] {
  const { host } = access.target;
  const authorities = accounts.flatMap(({ otherSources }) =>
    otherSources.filter((source) => /^TrustedUserCAKeys/.test(source)),
  );
  const doubts = accounts.flatMap(({ doubts }) => doubts);
  return [
    ...[...new Set(authorities)].map(
      (source) =>
        `sshd on ${host} has ${printable(source)}: a certificate for the key still opens the accounts that it opened before.`,
    ),
    ...[...new Set(doubts)].map((doubt) => `On ${host}, ${doubt}.`),
  ];
}
