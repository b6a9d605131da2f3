import { printable } from "../../errors/printable";
import type { PublicKey } from "../../keys/public_key";
import { type Removal, withoutKeys } from "../authorized_keys/edit";
import type { HostFile } from "../host_files/read";
import { type Edit, editFile, putBackAfter } from "./edits";
import { type HostSession, stepWith } from "./host_session";
import { removedRoles } from "./key_change";
import type { Witness } from "./lockout";
import { proveClosed } from "./proof";

/** What was removed, for the report. */
export interface Removed {
  /** As `path:line`. */
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Removes keys from every file of the accounts, and proves in new connections that sshd refuses them and that the
 * witness can still log in. If a file cannot be changed, the files before it are put back.
 */
export async function removeKeys(host: HostSession, keys: readonly PublicKey[], witness: Witness): Promise<Removed> {
  const edits: Edit[] = [];
  const lines: string[] = [];
  const notes: string[] = [];
  const roles = removedRoles(host.change);
  // Keys that were added may have changed the file since it was read. The proof reads all files again in any case.
  const known = (file: HostFile) => (host.change.add?.length ? {} : { known: file });
  try {
    for (const { user, file } of filesInOrder(host)) {
      const withoutThem = (bytes: Buffer) => {
        const { file: without, removed } = withoutKeys(bytes, keys, roles);
        return removed.length === 0 ? undefined : without;
      };
      const edit = await editFile(host, user, file.path, withoutThem, edits, { ...known(file), readBack: false });
      if (!edit) continue;
      const removal = withoutKeys(edit.before, keys, roles);
      lines.push(...removal.removed.map(({ line }) => `${file.path}:${line}`));
      notes.push(...notesAbout(host, file, removal));
    }
  } catch (error) {
    throw await putBackAfter(host, edits, error);
  }
  host.progress(stepWith(host, keys, "proving that the old", "refused"));
  await proveClosed(host, keys, witness, edits);
  return { lines, notes };
}

/**
 * The files of the account that we logged in to come last: if the connection ends before, the removed key can still log
 * in to continue. A file that two accounts share by a link is edited once, for the user of the change.
 */
function filesInOrder({ accounts, access }: HostSession): { readonly user: string; readonly file: HostFile }[] {
  const all = accounts.flatMap(({ user, files }) => files.map((file) => ({ user, file })));
  const present = all.filter(({ file }) => file.status === "read");
  const once = new Map(present.toReversed().map((each) => [each.file.resolved, each]));
  const isLast = ({ user }: { user: string }) => Number(user === access.target.user);
  return present.filter((each) => once.get(each.file.resolved) === each).sort((a, b) => isLast(a) - isLast(b));
}

function notesAbout({ change }: HostSession, { path, links }: HostFile, { removed, mentions }: Removal): string[] {
  return [
    ...(change.removeOnly === undefined && removed.some(({ isCertAuthority }) => isCertAuthority)
      ? [
          `In ${printable(path)} the key was a certificate authority: the line went too, and lets in no certificates any more.`,
        ]
      : []),
    ...(mentions > 0 ? [`${mentions} other lines of ${printable(path)} mention the key and grant it nothing.`] : []),
    ...(links > 1 ? [`${printable(path)} had other names (hard links), which keep the key.`] : []),
  ];
}
