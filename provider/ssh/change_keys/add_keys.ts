import { KeyNotAcceptedError, KeyRestrictedError, KeyUnprovenError, SshLoginRefusedError } from "../../errors";
import { type KeyLine, withKey, withoutKeys } from "../authorized_keys/edit";
import { type AuthorizedEntry, entriesOf } from "../authorized_keys/entry";
import { type Credential, fingerprintOf } from "../connection/credentials";
import type { AccountFiles } from "./account_files";
import { afterPuttingBack, type Edit, editFile } from "./edits";
import { accessAs, fingerprintsOf, type HostSession } from "./host_session";
import { type KeyAnswers, probeKeys } from "./probe_keys";
import { proveOwnLogin } from "./prove_login";
import { credentialWith } from "./remaining_credentials";

/**
 * Adds the keys of the change and proves that sshd accepts them, by logging in where a private half is at hand. Options
 * that may rightly refuse us here (`from=`, `expiry-time=`, `cert-authority`) are not held against a key. After any
 * failure the files are as they were, or the error says which are not.
 *
 * @returns SHA256 fingerprints of those that were added or changed
 */
export async function addKeys(visit: HostSession): Promise<string[]> {
  const { add = [] } = visit.change;
  if (add.length === 0) return [];
  const edits: Edit[] = [];
  const added: string[] = [];
  try {
    visit.progress("adding the new key");
    for (const line of add) {
      const before = edits.length;
      await addKey(visit, line, edits);
      await takeFromOtherFiles(visit, line, edits);
      if (edits.length > before) added.push(line.key.fingerprintSha256);
    }
    visit.progress("proving that the new key is accepted");
    await proveAccepted(visit, edits);
    await proveOwnLogin(visit, edits);
    return added;
  } catch (error) {
    throw await afterPuttingBack(visit, edits, error, "authorized_keys is as it was.");
  }
}

async function addKey(visit: HostSession, line: KeyLine, edits: Edit[]): Promise<void> {
  const { change } = visit;
  const { path } = placeFor(visit, line);
  const withLine = (bytes: Buffer) => {
    const addition = withKey(bytes, line, change.whenPresent ?? "report");
    if ("conflict" in addition) throw restricted(visit, path, addition.conflict);
    return addition.change === "none" ? undefined : addition.file;
  };
  await editFile(visit, change.user, path, withLine, edits);
}

/** A line of the key that a second file has would let in whom the options of this one do not. */
async function takeFromOtherFiles(visit: HostSession, line: KeyLine, edits: Edit[]): Promise<void> {
  const { change, accounts } = visit;
  if (change.whenPresent !== "replace") return;
  const without = (bytes: Buffer) => {
    const { file, removed } = withoutKeys(bytes, [line.key]);
    return removed.length === 0 ? undefined : file;
  };
  const { path } = placeFor(visit, line);
  const files = accounts.find(({ user }) => user === change.user)?.files ?? [];
  for (const other of files.filter((file) => file.path !== path && without(file.bytes))) {
    await editFile(visit, change.user, other.path, without, edits);
  }
}

/** Where the key stands already, in whichever file; else the first that is there. */
function placeFor({ change, accounts, access }: HostSession, { key }: KeyLine) {
  const files = accounts.find(({ user }) => user === change.user)?.files ?? [];
  const isHere = ({ fingerprintSha256 }: AuthorizedEntry) => fingerprintSha256 === key.fingerprintSha256;
  const file =
    files.find(({ bytes }) => entriesOf(bytes).some(isHere)) ??
    files.find(({ status }) => status === "read") ??
    files[0];
  if (file) return file;
  throw new KeyUnprovenError(
    `sshd on ${access.target.host} reads no authorized_keys of ${change.user}, so no key can be added. Look at ` +
      "AuthorizedKeysFile in its sshd_config.",
  );
}

function restricted({ access, change }: HostSession, path: string, entry: AuthorizedEntry): KeyRestrictedError {
  return new KeyRestrictedError(
    `${entry.fingerprintSha256} is in ${path} of ${change.user}@${access.target.host} already (line ${entry.line}), with ` +
      `other options: ${entry.options.join(",") || "none"}. sshd goes by the first line of a key. Remove that line, or ` +
      "declare the key as an AuthorizedKey with these options.",
  );
}

/** Whether sshd may rightly refuse a key with these options, asked from here and now. */
export function mayRefuseUs(options: readonly string[]): boolean {
  return options.some((option) => /^(from=|expiry-time=|cert-authority$)/i.test(option));
}

async function proveAccepted(visit: HostSession, edits: readonly Edit[]): Promise<void> {
  const { add = [], user } = visit.change;
  const provable = add.filter(({ options = [] }) => !mayRefuseUs(options));
  const keys = provable.map(({ key }) => key);
  if (keys.length === 0) return;
  const heard = await probeKeys(accessAs(visit, user), keys, proofsOf(visit, keys));
  const refused = keys.filter((key) => heard.answers.get(key.fingerprintSha256) !== "yes");
  if (refused.length > 0) throw notAccepted(visit, refused, heard, edits);
}

/** With the private half of a new key the question is followed by a real login with it; else by the one that got in. */
function proofsOf(
  { session, access, change }: HostSession,
  keys: readonly { fingerprintSha256: string }[],
): Credential[] {
  if (access.target.user !== change.user) return [];
  const mine = fingerprintsOf(keys);
  return [
    ...access.credentials.filter((credential) => mine.has(fingerprintOf(credential) ?? "")),
    ...credentialWith(access.credentials, session.loggedInKey ?? ""),
  ];
}

function notAccepted(
  { access, change, accounts }: HostSession,
  keys: readonly { fingerprintSha256: string }[],
  { error }: KeyAnswers,
  edits: readonly Edit[],
) {
  const was = `${[...fingerprintsOf(keys)].join(", ")} ${edits.length > 0 ? "was added" : "stands in authorized_keys"}`;
  const what = `${was} for ${change.user}@${access.target.host}`;
  if (error && !(error instanceof SshLoginRefusedError)) {
    return new KeyUnprovenError(`${what}, but whether it is accepted could not be asked: ${error.message}`);
  }
  const own = accounts.find(({ user }) => user === change.user);
  return new KeyNotAcceptedError(`${what} and was not accepted. ${lookAt(own)}`);
}

function lookAt(own: AccountFiles | undefined): string {
  if (own?.refusals.length) return `sshd has ${own.refusals.join(" and ")} there.`;
  return "Look at PubkeyAuthentication, StrictModes and RevokedKeys there, and at the rights of the home directory.";
}
