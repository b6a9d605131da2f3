import type { PublicKey } from "../../keys/public_key";
import { withoutKeys } from "../authorized_keys/edit";
import type { AuthorizedEntry } from "../authorized_keys/entry";
import type { HostFile } from "../host_files/read";
import { afterPuttingBack, type Edit, editFile } from "./edits";
import type { HostSession } from "./host_session";
import type { Witness } from "./lockout";
import { proveClosed } from "./proof";

/** What went, for the report. */
export interface Removed {
  /** As `path:line`. */
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Takes keys out of every file of the accounts, and proves in new connections that they are refused and that the witness
 * still gets in. Where a file cannot be changed, those before it are put back.
 */
export async function removeKeys(visit: HostSession, keys: readonly PublicKey[], witness: Witness): Promise<Removed> {
  const edits: Edit[] = [];
  const lines: string[] = [];
  const notes: string[] = [];
  try {
    for (const { user, file } of filesInOrder(visit)) {
      const withoutThem = (bytes: Buffer) => {
        const { file: without, removed } = withoutKeys(bytes, keys);
        return removed.length === 0 ? undefined : without;
      };
      const edit = await editFile(visit, user, file.path, withoutThem, edits);
      if (!edit) continue;
      const gone = withoutKeys(edit.before, keys);
      lines.push(...gone.removed.map(({ line }) => `${file.path}:${line}`));
      notes.push(...notesAbout(file, gone));
    }
  } catch (error) {
    throw await afterPuttingBack(visit, edits, error);
  }
  visit.progress("proving that the old key is refused");
  await proveClosed(visit, keys, witness, edits);
  return { lines, notes };
}

/**
 * Those of the account that we have logged in to come last: if the connection ends before, the key that goes still logs in
 * to go on. A file that belongs to two accounts, by a link, is the user's own.
 */
function filesInOrder({ accounts, access }: HostSession): { readonly user: string; readonly file: HostFile }[] {
  const all = accounts.flatMap(({ user, files }) => files.map((file) => ({ user, file })));
  const present = all.filter(({ file }) => file.status === "read");
  const once = new Map(present.toReversed().map((each) => [each.file.resolved, each]));
  const isLast = ({ user }: { user: string }) => Number(user === access.target.user);
  return present.filter((each) => once.get(each.file.resolved) === each).sort((a, b) => isLast(a) - isLast(b));
}

function notesAbout(
  { path, links }: HostFile,
  gone: { readonly removed: readonly AuthorizedEntry[]; readonly mentions: number },
): string[] {
  return [
    ...(gone.removed.some(({ isCertAuthority }) => isCertAuthority)
      ? [`In ${path} the key was a certificate authority: certificates that it has signed are refused now as well.`]
      : []),
    ...(gone.mentions > 0 ? [`${gone.mentions} other lines of ${path} mention the key and grant it nothing.`] : []),
    ...(links > 1 ? [`${path} had other names (hard links), which keep the key.`] : []),
  ];
}
