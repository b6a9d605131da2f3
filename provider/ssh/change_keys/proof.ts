import {
  ExoscaleSshError,
  KeyStillOpenError,
  KeysNotPutBackError,
  KeysRolledBackError,
  KeyUnprovenError,
  SshLoginRefusedError,
} from "../../errors";
import { printable } from "../../errors/printable";
import type { PublicKey } from "../../keys/public_key";
import { entriesOf } from "../authorized_keys/entry";
import { type LineRole, roleOf } from "../authorized_keys/options";
import { commandBounds } from "../connection/host_access";
import { inspectHost } from "../host_files/inspect_host";
import type { HostFile } from "../host_files/read";
import { type AccountFiles, readAccountFiles } from "./account_files";
import { type Edit, notPutBackError, putBack, putBackAfter } from "./edits";
import { accessAs, fingerprintsOf, type HostSession } from "./host_session";
import { removedRoles } from "./key_change";
import type { Witness } from "./lockout";
import { type KeyAnswers, probeKeys } from "./probe_keys";

/**
 * Proves that keys are closed: sshd refuses them for every account in new connections, no file has them again, and the
 * witness can still log in.
 *
 * Of an authority no question can be asked without a certificate: only the files prove that it is gone.
 *
 * If only the removed key can log in and the proof fails, the key is put back: without it nobody could try again.
 *
 * @throws KeysRolledBackError, KeysNotPutBackError, KeyStillOpenError, KeyUnprovenError
 */
export async function proveClosed(
  host: HostSession,
  keys: readonly PublicKey[],
  witness: Witness,
  edits: readonly Edit[],
): Promise<void> {
  await proveStillElsewhere(host, keys, witness, edits);
  try {
    const refused = removedRoles(host.change).includes("key") ? keys : [];
    // The accounts are asked at the same time, and their answers are judged in order.
    const asked = await Promise.all(host.accounts.map((account) => askAccount(host, account, refused, witness)));
    for (const each of asked) if (each) await proveRefused(host, each, refused, witness, edits);
    for (const account of host.accounts) await proveAbsent(host, account, keys);
  } catch (error) {
    if (finalErrors.some((kind) => error instanceof kind) || canRetry(witness) || edits.length === 0) throw error;
    throw await putBackForRetry(host, edits, error);
  }
}

/** Errors after which the files are back already, or must not be put back. */
const finalErrors = [KeyStillOpenError, KeysRolledBackError, KeysNotPutBackError];

async function putBackForRetry(host: HostSession, edits: readonly Edit[], error: unknown): Promise<unknown> {
  return await putBackAfter(host, edits, error, "It was put back, so that you can try again.");
}

/** For a removed key that also logs us in to an account that the change does not name. */
async function proveStillElsewhere(
  host: HostSession,
  keys: readonly PublicKey[],
  witness: Witness,
  edits: readonly Edit[],
): Promise<void> {
  if (witness.kind !== "elsewhere" || edits.length === 0) return;
  const { error } = await probeKeys(host.access, [], witness.credentials);
  if (!error) return;
  const { user } = host.access.target;
  if (error instanceof SshLoginRefusedError) throw await rollBackLockout(host, user, edits);
  throw await putBackForRetry(host, edits, unprovenError(host, host.change, keys, error.message));
}

/** Whether we can log in again after the removal. */
const canRetry = ({ kind }: Witness) => kind === "untouched" || kind === "elsewhere" || kind === "credential";

/** An account, and what sshd answers about it. */
interface AskedAccount {
  readonly account: AccountFiles;
  readonly result: KeyAnswers;
}

/** Undefined if there is nothing to ask. */
async function askAccount(
  host: HostSession,
  account: AccountFiles,
  keys: readonly PublicKey[],
  witness: Witness,
): Promise<AskedAccount | undefined> {
  const { user } = account;
  const asked = [...witnessesOf(witness, user), ...keys];
  const isLogin = witness.kind === "credential" && user === host.access.target.user;
  if (asked.length === 0 && !isLogin) return undefined;
  return { account, result: await probeKeys(accessAs(host, user), asked, credentialsOf(witness)) };
}

async function proveRefused(
  host: HostSession,
  { account, result }: AskedAccount,
  keys: readonly PublicKey[],
  witness: Witness,
  edits: readonly Edit[],
): Promise<void> {
  const { user } = account;
  if (await isLockedOut(host, user, result, witness)) throw await rollBackLockout(host, user, edits);
  const answerOf = ({ fingerprintSha256 }: PublicKey) => result.answers.get(fingerprintSha256);
  const open = keys.filter((key) => answerOf(key) === "yes");
  if (open.length > 0) throw await stillOpenError(host, account, open);
  const unsure = keys.filter((key) => answerOf(key) !== "no");
  if (unsure.length > 0 && !takesNoKeys(host, account, result)) {
    throw unprovenError(host, account, unsure, result.error?.message ?? "It gave no answer.");
  }
}

/** The error for keys that an account still accepts, with the files that have them now, or else all possible reasons. */
async function stillOpenError(
  host: HostSession,
  { user, otherSources }: AccountFiles,
  open: readonly PublicKey[],
): Promise<KeyStillOpenError> {
  const places = await findAgain(host, user, fingerprintsOf(open));
  const sources = otherSources.map((source) => printable(`sshd also asks ${source}`));
  const why = [
    ...(places.length > 0 ? [`${places.join(" and ")} has it now, where something put it back`] : []),
    ...sources,
  ];
  const unexplained = "no file that sshd names has it, so something else grants it";
  return new KeyStillOpenError(
    `${user}@${host.access.target.host} still accepts ${[...fingerprintsOf(open)].join(", ")}: ${why.join("; ") || unexplained}. ` +
      'Remove it there too, then run "pulumi up" again.',
  );
}

/** The lines of keys as the files are now, under the configuration of now: `path (line 3)`. None if the host does not answer. */
async function findAgain(
  { session, access, change }: HostSession,
  user: string,
  keys: ReadonlySet<string>,
): Promise<string[]> {
  try {
    const facts = await inspectHost(session, [user], commandBounds(access));
    const { files } = await readAccountFiles(session, facts, user, commandBounds(access));
    return linesWith(files, keys, removedRoles(change));
  } catch (error) {
    if (error instanceof ExoscaleSshError) return [];
    throw error;
  }
}

function linesWith(files: readonly HostFile[], keys: ReadonlySet<string>, roles: readonly LineRole[]): string[] {
  return files.flatMap(({ path, bytes }) =>
    entriesOf(bytes)
      .filter(({ fingerprintSha256, options }) => keys.has(fingerprintSha256) && roles.includes(roleOf(options)))
      .map(({ line }) => `${printable(path)} (line ${line})`),
  );
}

const witnessesOf = (witness: Witness, user: string) =>
  witness.kind === "key" && witness.user === user ? [witness.key] : [];

/** Also for other accounts: sshd does not penalize a connection that ends with a login. */
const credentialsOf = (witness: Witness) => (witness.kind === "credential" ? witness.credentials : []);

/** Another account than the user's, whose files were all read, may accept no keys at all: then sshd answers no question. */
function takesNoKeys({ change }: HostSession, { user }: AccountFiles, { error }: KeyAnswers): boolean {
  return user !== change.user && error instanceof SshLoginRefusedError;
}

/** Refused questions count as failed logins, so a login that fails after them is repeated without them. */
async function isLockedOut(host: HostSession, user: string, result: KeyAnswers, witness: Witness): Promise<boolean> {
  if (witness.kind === "key")
    return witness.user === user && result.answers.get(witness.key.fingerprintSha256) === "no";
  if (witness.kind !== "credential" || user !== host.access.target.user || result.loggedIn !== false) return false;
  return (await probeKeys(host.access, [], witness.credentials)).loggedIn === false;
}

async function rollBackLockout(host: HostSession, user: string, edits: readonly Edit[]): Promise<ExoscaleSshError> {
  const left = await putBack(host, edits);
  const what = `After the key was removed, the remaining key could not log in to ${user}@${host.access.target.host} any more`;
  const remedy = 'Find out what else changed on its sshd, then run "pulumi up" again.';
  if (left.length > 0) return notPutBackError(host, left, new KeysRolledBackError(`${what}. ${remedy}`));
  return new KeysRolledBackError(`${what}, so authorized_keys was put back. ${remedy}`);
}

async function proveAbsent(host: HostSession, { user }: AccountFiles, keys: readonly PublicKey[]): Promise<void> {
  const options = { ...commandBounds(host.access), contentOnly: true };
  const account = await readAccountFiles(host.session, host.facts, user, options);
  const lines = linesWith(account.files, fingerprintsOf(keys), removedRoles(host.change));
  if (lines.length > 0) throw unprovenError(host, account, keys, `Somebody put it back into ${lines.join(", ")}.`);
}

function unprovenError(
  { access }: HostSession,
  { user }: { readonly user: string },
  keys: readonly PublicKey[],
  reason: string,
): ExoscaleSshError {
  return new KeyUnprovenError(
    `${[...fingerprintsOf(keys)].join(", ")} was removed from ${user}@${access.target.host}, but it is not proven that ` +
      `sshd refuses it: ${reason} Run "pulumi up" again.`,
  );
}
