import { KeyUnprovenError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import { connect } from "../connect";
import { lookAtHost } from "../host_files/look";
import { accountFiles, entriesIn } from "./account_files";
import { addKeys } from "./addition";
import { askAnew } from "./asking";
import { endOtherSessions } from "./end_sessions";
import type { HostAccess, KeyChange, KeyChangeReport, Progress } from "./key_change";
import { keysMeant } from "./key_identity";
import { witnessOf } from "./lockout";
import { removeKeys } from "./removal";
import { stillOpen } from "./still_open";
import { inTurn } from "./turns";
import type { Visit } from "./visit";

/**
 * Changes which keys open an account of a host, and proves it: new keys are added and accepted before an old one is
 * removed; an old one counts as closed when no file that sshd reads has it and sshd, asked in a new connection, refuses
 * it. The connection that is open while this is done puts everything back where the change would lock us out.
 *
 * Safe to repeat at any point: what is done already is proven again, and not written again.
 *
 * @throws errors of `connect`; LastKeyError, KeyStillOpenError, KeyUnprovenError, KeyRestrictedError,
 * KeyNotAcceptedError, KeysNotWrittenError, KeysRolledBackError
 */
export function changeKeys(
  access: HostAccess,
  change: KeyChange,
  progress: Progress = () => undefined,
): Promise<KeyChangeReport> {
  return inTurn(access.target, () => changed(access, change, progress));
}

async function changed(access: HostAccess, change: KeyChange, progress: Progress): Promise<KeyChangeReport> {
  progress("logging in");
  const session = await connect(access.target, access.credentials, access);
  try {
    const users = [...new Set([change.user, ...(change.alsoFrom ?? [])])];
    const look = await lookAtHost(session, users);
    const accounts = await Promise.all(users.map((user) => accountFiles(session, look, user)));
    const { type, base64 } = session.hostKey;
    const visit: Visit = {
      session,
      look,
      // From here on it is this host and no other.
      access: { ...access, knownHostKeys: [`${type} ${base64}`] },
      change,
      accounts,
      progress,
    };
    refuseToGuess(visit);
    const added = await addKeys(visit);
    const removal = await removed(visit);
    const endedSessions = change.endSessions && change.remove?.length ? await endOtherSessions(visit) : 0;
    return { hostKey: session.hostKey, added, endedSessions, ...removal };
  } finally {
    session.close();
  }
}

/** What cannot be read may hold the key, or be where a new one belongs. */
function refuseToGuess({ change, accounts, access }: Visit): void {
  const own = accounts.find(({ user }) => user === change.user);
  if (!own?.unread.length) return;
  throw new KeyUnprovenError(
    `On ${access.target.host}, ${own.unread.join("; ")} could not be read as ${access.target.user}. Log in as ` +
      `${change.user}, or let ${access.target.user} use sudo without a password.`,
  );
}

async function removed(visit: Visit): Promise<Pick<KeyChangeReport, "closed" | "removed" | "notes">> {
  const { change, accounts, progress } = visit;
  if (!change.remove?.length) return { closed: [], removed: [], notes: [] };
  const keys = keysMeant(change.remove, entriesIn(accounts));
  if (keys.length === 0) return { closed: [], removed: [], notes: [] };
  const witness = await witnessOf(visit, keys);
  progress("removing the old key");
  const { lines, notes } = await removeKeys(visit, keys, witness);
  progress("proving that the old key is refused");
  await proveElsewhere(visit, keys);
  return { closed: keys.map(({ fingerprintMd5 }) => fingerprintMd5), removed: lines, notes };
}

/** The other accounts: whether a key still opens one of them. */
async function proveElsewhere(visit: Visit, keys: readonly PublicKey[]): Promise<void> {
  for (const account of visit.accounts.filter(({ user }) => user !== visit.change.user)) {
    const access = { ...visit.access, target: { ...visit.access.target, user: account.user } };
    const { answers, error } = await askAnew(access, keys, []);
    const open = keys.filter((key) => answers.get(key.fingerprintSha256) === "yes");
    if (open.length > 0) throw stillOpen(visit, account, open);
    const asked = keys.every((key) => answers.get(key.fingerprintSha256) === "no");
    if (!asked && account.unread.length > 0 && error) throw error;
  }
}
