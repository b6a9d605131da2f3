import {
  type ExoscaleSshError,
  KeyStillOpenError,
  KeysNotPutBackError,
  KeysRolledBackError,
  KeyUnprovenError,
  SshLoginRefusedError,
} from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import { entriesOf } from "../authorized_keys/entry";
import { commandBounds } from "../connection/host_access";
import { type AccountFiles, readAccountFiles } from "./account_files";
import { afterPuttingBack, type Edit, notPutBackError, putBack } from "./edits";
import { accessAs, fingerprintsOf, type HostSession } from "./host_session";
import type { Witness } from "./lockout";
import { type KeyAnswers, probeKeys } from "./probe_keys";
import { stillOpenError } from "./still_open";

/**
 * Proves that keys are closed: sshd, asked in new connections, refuses them for every account, no file has them again,
 * and the witness still gets in.
 *
 * Where only the removed key could log in, a proof that does not come about brings it back: without it nobody could try
 * again.
 *
 * @throws KeysRolledBackError, KeysNotPutBackError, KeyStillOpenError, KeyUnprovenError
 */
export async function proveClosed(
  visit: HostSession,
  keys: readonly PublicKey[],
  witness: Witness,
  edits: readonly Edit[],
): Promise<void> {
  await proveStillElsewhere(visit, keys, witness, edits);
  try {
    for (const account of visit.accounts) await proveRefused(visit, account, keys, witness, edits);
    for (const account of visit.accounts) await proveAbsent(visit, account, keys);
  } catch (error) {
    if (settled.some((kind) => error instanceof kind) || canComeBack(witness) || edits.length === 0) throw error;
    throw await putBackForRetry(visit, edits, error);
  }
}

/** What has put back already, or must not. */
const settled = [KeyStillOpenError, KeysRolledBackError, KeysNotPutBackError];

async function putBackForRetry(visit: HostSession, edits: readonly Edit[], error: unknown): Promise<unknown> {
  return await afterPuttingBack(visit, edits, error, "It was put back, so that this can be tried again.");
}

/** The key that goes is the one that logs in, to an account that the change does not name. */
async function proveStillElsewhere(
  visit: HostSession,
  keys: readonly PublicKey[],
  witness: Witness,
  edits: readonly Edit[],
): Promise<void> {
  if (witness.kind !== "elsewhere" || edits.length === 0) return;
  const { error } = await probeKeys(visit.access, [], witness.credentials);
  if (!error) return;
  const { user } = visit.access.target;
  if (error instanceof SshLoginRefusedError) throw await rollBackLockout(visit, user, edits);
  throw await putBackForRetry(visit, edits, unprovenError(visit, visit.change, keys, error.message));
}

const canComeBack = ({ kind }: Witness) => kind === "untouched" || kind === "elsewhere" || kind === "credential";

async function proveRefused(
  visit: HostSession,
  account: AccountFiles,
  keys: readonly PublicKey[],
  witness: Witness,
  edits: readonly Edit[],
): Promise<void> {
  const { user } = account;
  const heard = await probeKeys(
    accessAs(visit, user),
    [...witnessesOf(witness, user), ...keys],
    credentialsOf(witness),
  );
  if (await isLockedOut(visit, user, heard, witness)) throw await rollBackLockout(visit, user, edits);
  const answerOf = ({ fingerprintSha256 }: PublicKey) => heard.answers.get(fingerprintSha256);
  const open = keys.filter((key) => answerOf(key) === "yes");
  if (open.length > 0) throw stillOpenError(visit, account, open);
  const unsure = keys.filter((key) => answerOf(key) !== "no");
  if (unsure.length > 0 && !takesNoKeys(visit, account, heard)) {
    throw unprovenError(visit, account, unsure, heard.error?.message ?? "It gave no answer.");
  }
}

const witnessesOf = (witness: Witness, user: string) =>
  witness.kind === "key" && witness.user === user ? [witness.key] : [];

/** Also for other accounts: a question that ends with a login rouses no suspicion. */
const credentialsOf = (witness: Witness) => (witness.kind === "credential" ? witness.credentials : []);

/** An account beside the user's own, whose files were all read, may take no keys at all: then sshd answers no question. */
function takesNoKeys({ change }: HostSession, { user }: AccountFiles, { error }: KeyAnswers): boolean {
  return user !== change.user && error instanceof SshLoginRefusedError;
}

/** Refused questions count as failed logins, so a login that fails after them is tried by itself. */
async function isLockedOut(visit: HostSession, user: string, heard: KeyAnswers, witness: Witness): Promise<boolean> {
  if (witness.kind === "key") return witness.user === user && heard.answers.get(witness.key.fingerprintSha256) === "no";
  if (witness.kind !== "credential" || user !== visit.access.target.user || heard.loggedIn !== false) return false;
  return (await probeKeys(visit.access, [], witness.credentials)).loggedIn === false;
}

async function rollBackLockout(visit: HostSession, user: string, edits: readonly Edit[]): Promise<ExoscaleSshError> {
  const left = await putBack(visit, edits);
  const what = `Once the key was removed, the one that stays did not get in to ${user}@${visit.access.target.host} any more`;
  const remedy = 'Look at what else its sshd has changed, then run "pulumi up" again.';
  if (left.length > 0) return notPutBackError(visit, left, new KeysRolledBackError(`${what}. ${remedy}`));
  return new KeysRolledBackError(`${what}, so authorized_keys was put back. ${remedy}`);
}

async function proveAbsent(visit: HostSession, { user }: AccountFiles, keys: readonly PublicKey[]): Promise<void> {
  const account = await readAccountFiles(visit.session, visit.look, user, commandBounds(visit.access));
  const gone = fingerprintsOf(keys);
  const back = account.files.filter(({ bytes }) => entriesOf(bytes).some((entry) => gone.has(entry.fingerprintSha256)));
  if (back.length > 0)
    throw unprovenError(visit, account, keys, `Somebody put it back into ${back.map(({ path }) => path).join(", ")}.`);
}

function unprovenError(
  { access }: HostSession,
  { user }: { readonly user: string },
  keys: readonly PublicKey[],
  reason: string,
): ExoscaleSshError {
  return new KeyUnprovenError(
    `${[...fingerprintsOf(keys)].join(", ")} was removed from ${user}@${access.target.host}, but that it is refused is not ` +
      `proven: ${reason} Run "pulumi up" again.`,
  );
}
