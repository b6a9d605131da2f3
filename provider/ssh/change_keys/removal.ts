import { KeysRolledBackError, KeyUnprovenError, SshLoginRefusedError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import { withoutKeys } from "../authorized_keys/edit";
import { type AuthorizedEntry, entriesOf } from "../authorized_keys/entry";
import { type Credential, fingerprintOf } from "../credentials";
import { accountFiles } from "./account_files";
import { askAnew, type Heard } from "./asking";
import { type Edit, editFile, putBack } from "./edits";
import type { Witness } from "./lockout";
import { stillOpen } from "./still_open";
import type { Visit } from "./visit";

/** What went, for the report. */
export interface Removed {
  /** As `path:line`. */
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Takes keys out of every file of the accounts, and proves in a new connection that they are refused and that the witness
 * still gets in.
 */
export async function removeKeys(visit: Visit, keys: readonly PublicKey[], witness: Witness): Promise<Removed> {
  const edits: Edit[] = [];
  const lines: string[] = [];
  const notes: string[] = [];
  for (const { user, files } of visit.accounts) {
    for (const { path, links } of files.filter(({ status }) => status === "read")) {
      const edit = await editFile(visit, user, path, (bytes) => {
        const { file, removed } = withoutKeys(bytes, keys);
        return removed.length === 0 ? undefined : file;
      });
      const gone = edit ? withoutKeys(edit.before, keys) : undefined;
      if (!edit || !gone) continue;
      edits.push(edit);
      lines.push(...gone.removed.map(({ line }) => `${path}:${line}`));
      notes.push(...notesAbout(path, gone, links));
    }
  }
  await proveClosed(visit, keys, witness, edits);
  return { lines, notes: [...notes, ...unreadElsewhere(visit)] };
}

function notesAbout(path: string, gone: { removed: readonly AuthorizedEntry[]; mentions: number }, links: number) {
  return [
    ...(gone.removed.some(({ isCertAuthority }) => isCertAuthority)
      ? [`In ${path} the key was a certificate authority: certificates that it has signed are refused now as well.`]
      : []),
    ...(gone.mentions > 0 ? [`${gone.mentions} other lines of ${path} mention the key and grant it nothing.`] : []),
    ...(links > 1 ? [`${path} had other names (hard links), which keep the key; sshd reads none of them.`] : []),
  ];
}

function unreadElsewhere({ accounts, change }: Visit): string[] {
  return accounts
    .filter(({ user, unread }) => user !== change.user && unread.length > 0)
    .map(({ user, unread }) => `Of ${user}, ${unread.join("; ")} could not be read.`);
}

async function proveClosed(visit: Visit, keys: readonly PublicKey[], witness: Witness, edits: readonly Edit[]) {
  const heard = await askWithWitness(visit, keys, witness);
  if (isLockedOut(heard, witness)) throw await rolledBack(visit, edits, heard);
  const own = await accountFiles(visit.session, visit.look, visit.change.user);
  const open = keys.filter((key) => heard.answers.get(key.fingerprintSha256) === "yes");
  if (open.length > 0) throw stillOpen(visit, own, open);
  const unsure = keys.filter((key) => heard.answers.get(key.fingerprintSha256) !== "no");
  if (unsure.length > 0) throw unproven(visit, unsure, heard.error?.message);
  const gone = new Set(keys.map(({ fingerprintSha256 }) => fingerprintSha256));
  const back = own.files.filter(({ bytes }) => entriesOf(bytes).some((entry) => gone.has(entry.fingerprintSha256)));
  if (back.length > 0)
    throw unproven(visit, keys, `Somebody put it back into ${back.map(({ path }) => path).join(", ")}.`);
}

async function askWithWitness(visit: Visit, keys: readonly PublicKey[], witness: Witness): Promise<Heard> {
  const { access, change } = visit;
  const goes = new Set(keys.map(({ fingerprintSha256 }) => fingerprintSha256));
  const stays = (credential: Credential) => !goes.has(fingerprintOf(credential) ?? "");
  const asOwner = { ...access, target: { ...access.target, user: change.user } };
  if (access.target.user !== change.user) {
    // Whoever logs in to another account is in no danger, and says nothing about this one.
    return await askAnew(asOwner, keys, []);
  }
  const credentials = witness.kind === "credential" ? access.credentials.filter(stays) : [];
  return await askAnew(asOwner, witness.kind === "key" ? [witness.key, ...keys] : keys, credentials);
}

function isLockedOut({ answers, loggedIn, error }: Heard, witness: Witness): boolean {
  if (witness.kind === "key") return answers.get(witness.key.fingerprintSha256) === "no";
  return witness.kind === "credential" && loggedIn === false && error instanceof SshLoginRefusedError;
}

async function rolledBack(visit: Visit, edits: readonly Edit[], { error }: Heard): Promise<KeysRolledBackError> {
  const failed = await putBack(visit, edits);
  const { host } = visit.access.target;
  const rest = failed.length > 0 ? ` These could not be put back: ${failed.join(", ")}.` : "";
  return new KeysRolledBackError(
    `Once the key was removed, the one that stays did not get in to ${visit.change.user}@${host} any more, so ` +
      `authorized_keys was put back.${rest} ${error?.message ?? ""}`.trim(),
  );
}

function unproven(
  { access, change }: Visit,
  keys: readonly PublicKey[],
  reason = "It gave no answer.",
): KeyUnprovenError {
  return new KeyUnprovenError(
    `${keys.map(({ fingerprintSha256 }) => fingerprintSha256).join(", ")} was removed from ${change.user}@` +
      `${access.target.host}, but that it is refused is not proven: ${reason} Run "pulumi up" again.`,
  );
}
