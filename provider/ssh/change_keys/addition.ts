import { KeyNotAcceptedError, KeyRestrictedError, KeyUnprovenError } from "../../errors";
import { type KeyLine, withKey } from "../authorized_keys/edit";
import { type AuthorizedEntry, entriesOf } from "../authorized_keys/entry";
import { fingerprintOf } from "../credentials";
import { askAnew } from "./asking";
import { type Edit, editFile, putBack } from "./edits";
import type { Visit } from "./visit";

/**
 * Adds the keys of the change and proves that sshd accepts them, by logging in where a private half is at hand. Options
 * that may rightly refuse us here (`from=`, `expiry-time=`, `cert-authority`) are not held against a key.
 *
 * @returns SHA256 fingerprints of those that were not there before
 */
export async function addKeys(visit: Visit): Promise<string[]> {
  const { add = [] } = visit.change;
  if (add.length === 0) return [];
  visit.progress("adding the new key");
  const edits: Edit[] = [];
  for (const line of add) {
    const edit = await addKey(visit, line);
    if (edit) edits.push(edit);
  }
  visit.progress("proving that the new key is accepted");
  await proveAccepted(visit, edits);
  const before = new Set(
    edits.flatMap((edit) => entriesOf(edit.before).map(({ fingerprintSha256 }) => fingerprintSha256)),
  );
  const touched = new Set(edits.length > 0 ? add.map(({ key }) => key.fingerprintSha256) : []);
  return [...touched].filter((fingerprint) => !before.has(fingerprint));
}

async function addKey(visit: Visit, line: KeyLine): Promise<Edit | undefined> {
  const { change, accounts } = visit;
  const files = accounts.find(({ user }) => user === change.user)?.files ?? [];
  const isHere = ({ fingerprintSha256 }: AuthorizedEntry) => fingerprintSha256 === line.key.fingerprintSha256;
  // Where it stands already, in whichever file; else in the first that is there.
  const file =
    files.find(({ bytes }) => entriesOf(bytes).some(isHere)) ??
    files.find(({ status }) => status === "read") ??
    files[0];
  if (!file)
    throw new KeyUnprovenError(`sshd on ${visit.access.target.host} reads no authorized_keys of ${change.user}.`);
  return await editFile(visit, change.user, file.path, (bytes) => {
    const addition = withKey(bytes, line, change.whenPresent ?? "report");
    if ("conflict" in addition) throw restricted(visit, file.path, addition.conflict);
    return addition.change === "none" ? undefined : addition.file;
  });
}

function restricted({ access, change }: Visit, path: string, entry: AuthorizedEntry): KeyRestrictedError {
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

async function proveAccepted(visit: Visit, edits: readonly Edit[]): Promise<void> {
  const { add = [], user } = visit.change;
  const provable = add.filter(({ options = [] }) => !mayRefuseUs(options));
  const keys = provable.map(({ key }) => key);
  if (keys.length === 0) return;
  const mine = new Set(keys.map(({ fingerprintSha256 }) => fingerprintSha256));
  const isNew = (credential: (typeof visit.access.credentials)[number]) => mine.has(fingerprintOf(credential) ?? "");
  const { credentials, target } = visit.access;
  // With the private half of a new key the question is followed by a real login with it.
  const proofs = target.user === user ? credentials.filter(isNew) : [];
  const others = credentials.filter((credential) => !isNew(credential));
  const access = { ...visit.access, target: { ...target, user } };
  const { answers, loggedIn, error } = await askAnew(access, keys, [
    ...proofs,
    ...(target.user === user ? others : []),
  ]);
  const refused = keys.filter((key) => answers.get(key.fingerprintSha256) !== "yes");
  if (refused.length === 0 && loggedIn !== false) return;
  const left = await putBack(visit, edits);
  const names = (refused.length > 0 ? refused : keys).map(({ fingerprintSha256 }) => fingerprintSha256).join(", ");
  const rest = left.length > 0 ? ` It could not be taken out of ${left.join(", ")}.` : "";
  throw new KeyNotAcceptedError(
    `${names} was added for ${user}@${target.host}, was not accepted, and was taken out again.${rest} ` +
      (error?.message ?? "Look at PubkeyAuthentication, StrictModes and RevokedKeys there."),
  );
}
