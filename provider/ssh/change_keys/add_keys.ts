import { KeyNotAcceptedError, KeyRestrictedError, KeyUnprovenError, SshLoginRefusedError } from "../../errors";
import { printable } from "../../errors/printable";
import { type KeyLine, rolesReplacedBy, withKey, withoutKeys } from "../authorized_keys/edit";
import type { AuthorizedEntry } from "../authorized_keys/entry";
import { nameOf } from "../authorized_keys/options";
import { type Credential, fingerprintOf } from "../connection/credentials";
import type { AccountFile, AccountFiles } from "./account_files";
import { type Edit, editFile, putBackAfter } from "./edits";
import { accessAs, fingerprintsOf, type HostSession, ownFiles, stepWith } from "./host_session";
import { proveOwnLogin } from "./lockout";
import { checkOptionsWillHold, proveOptionsHold } from "./options_hold";
import { type KeyAnswers, probeKeys } from "./probe_keys";
import { credentialWith } from "./remaining_credentials";

/**
 * Adds the keys of the change and proves that sshd accepts them. Where we have the private half, the proof is a login.
 * A key with options that may rightly refuse us (`from=`, `expiry-time=`, `cert-authority`) needs no proof. After any
 * failure the files are as they were, or the error names those that are not.
 *
 * @returns SHA256 fingerprints of the keys that were added or changed
 */
export async function addKeys(host: HostSession): Promise<string[]> {
  const { add = [] } = host.change;
  if (add.length === 0) return [];
  const edits: Edit[] = [];
  const added: string[] = [];
  try {
    const keys = add.map(({ key }) => key);
    host.progress(stepWith(host, keys, "adding the new"));
    for (const line of add) {
      const before = edits.length;
      await addKey(host, line, edits);
      await removeFromOtherFiles(host, line, edits);
      if (edits.length > before) added.push(line.key.fingerprintSha256);
    }
    await proveOptionsHold(host);
    host.progress(stepWith(host, keys, "proving that the new", "accepted"));
    await proveAccepted(host, edits);
    await proveOwnLogin(host, edits);
    return added;
  } catch (error) {
    throw await putBackAfter(host, edits, error, "authorized_keys is as it was.");
  }
}

async function addKey(host: HostSession, line: KeyLine, edits: Edit[]): Promise<void> {
  const { change } = host;
  const whenPresent = change.whenPresent ?? "report";
  const { path } = placeFor(host, line);
  const withLine = (bytes: Buffer) => {
    const addition = withKey(bytes, line, whenPresent);
    if ("conflict" in addition) throw restricted(host, path, addition.conflict);
    if (whenPresent === "report") checkOptionsWillHold(host, line, path, addition.file);
    return addition.change === "none" ? undefined : addition.file;
  };
  await editFile(host, change.user, path, withLine, edits);
}

/** A line of the key in a second file would let in clients that the options of this line exclude. */
async function removeFromOtherFiles(host: HostSession, line: KeyLine, edits: Edit[]): Promise<void> {
  const { change } = host;
  if (change.whenPresent !== "replace") return;
  const without = (bytes: Buffer) => {
    const { file, removed } = withoutKeys(bytes, [line.key], rolesReplacedBy(line));
    return removed.length === 0 ? undefined : file;
  };
  const place = placeFor(host, line);
  // A second path may lead to the same file.
  const others = ownFiles(host).filter(({ resolved }) => resolved !== place.resolved);
  for (const other of others.filter(({ bytes }) => without(bytes))) {
    await editFile(host, change.user, other.path, without, edits);
  }
}

/** The file that has the key already; else a file of the account's own, in its home; else any. An existing file first. */
function placeFor(host: HostSession, line: KeyLine): AccountFile {
  const { change, access, facts } = host;
  const hasLine = ({ bytes }: AccountFile) => withoutKeys(bytes, [line.key], rolesReplacedBy(line)).removed.length > 0;
  const named = ownFiles(host).filter(({ isNamed }) => isNamed);
  const certain = named.filter(({ isUncertain }) => !isUncertain);
  // Elsewhere is what the administrators of the host manage, such as /etc/ssh/authorized_keys.d.
  const home = `${facts.accounts.get(change.user)?.home}/`;
  const inHome = certain.filter(({ path }) => path.startsWith(home));
  const file =
    named.find(hasLine) ?? [inHome, certain, named].map(existingFirst).find((choice) => choice !== undefined);
  if (file) return file;
  throw new KeyUnprovenError(
    `sshd on ${access.target.host} reads no authorized_keys of ${change.user}, so no key can be added. Check ` +
      "AuthorizedKeysFile in its sshd_config.",
  );
}

function existingFirst(files: readonly AccountFile[]): AccountFile | undefined {
  return files.find(({ status }) => status === "read") ?? files[0];
}

function restricted({ access, change }: HostSession, path: string, entry: AuthorizedEntry): KeyRestrictedError {
  return new KeyRestrictedError(
    `${entry.fingerprintSha256} is in ${printable(path)} of ${change.user}@${access.target.host} already (line ${entry.line}), with ` +
      `other options: ${printable(entry.options.join(",")) || "none"}. sshd uses the first line of a key. Remove that line, or ` +
      "declare the key as an AuthorizedKey with these options.",
  );
}

/** Whether sshd may rightly refuse us a key with these options: from this address, at this time. */
export function mayRefuseUs(options: readonly string[]): boolean {
  return options.some((option) => /^(from=|expiry-time=|cert-authority$)/i.test(option));
}

async function proveAccepted(host: HostSession, edits: readonly Edit[]): Promise<void> {
  const { add = [], user } = host.change;
  const provable = add.filter(({ options = [] }) => !mayRefuseUs(options));
  const keys = provable.map(({ key }) => key);
  if (keys.length === 0) return;
  const result = await probeKeys(accessAs(host, user), keys, proofsOf(host, keys));
  const refused = provable.filter((line) => result.answers.get(line.key.fingerprintSha256) !== "yes");
  const unusable = refused.length > 0 ? refused : provable.filter((line) => !isUsable(host, line));
  if (unusable.length > 0) {
    const barred = unusable.map(({ key }) => key);
    throw notAccepted(host, barred, result, edits);
  }
}

/** Whether sshd lets a key in that it says it would accept. It judges root's keys only after the login. */
function isUsable({ accounts, change }: HostSession, { options = [] }: KeyLine): boolean {
  const usable = accounts.find(({ user }) => user === change.user)?.usableKeys ?? "all";
  return usable === "all" || (usable === "with-command" && options.some((option) => nameOf(option) === "command"));
}

/** Logs in after the question: with a new key whose private half we have, else with the key that logged in before. */
function proofsOf(
  { session, access, change }: HostSession,
  keys: readonly { fingerprintSha256: string }[],
): Credential[] {
  if (access.target.user !== change.user) return [];
  const added = fingerprintsOf(keys);
  return [
    ...access.credentials.filter((credential) => added.has(fingerprintOf(credential) ?? "")),
    ...credentialWith(access.credentials, session.loggedInKey ?? ""),
  ];
}

function notAccepted(
  { access, change, accounts }: HostSession,
  keys: readonly { fingerprintSha256: string }[],
  { error }: KeyAnswers,
  edits: readonly Edit[],
) {
  const state = edits.length > 0 ? "was added" : "is in authorized_keys";
  const what = `${[...fingerprintsOf(keys)].join(", ")} ${state} for ${change.user}@${access.target.host}`;
  if (error && !(error instanceof SshLoginRefusedError)) {
    return new KeyUnprovenError(`${what}, but sshd could not be asked whether it accepts the key: ${error.message}`);
  }
  const own = accounts.find(({ user }) => user === change.user);
  return new KeyNotAcceptedError(`${what} and was not accepted. ${whatToCheck(own)}`);
}

function whatToCheck(own: AccountFiles | undefined): string {
  if (own?.refusals.length) return `sshd has ${own.refusals.join(" and ")} there: correct that.`;
  return (
    "Check PubkeyAuthentication, PubkeyAcceptedAlgorithms, AllowUsers and AllowGroups, StrictModes and RevokedKeys there, " +
    "and the mode of the home directory."
  );
}
