import { ExoscaleSshError, KeysNotPutBackError, KeysNotWrittenError } from "../../errors";
import { printable } from "../../errors/printable";
import { commandBounds, rollbackBounds } from "../connection/host_access";
import { type EditOptions, editHostFile } from "../host_files/edit";
import { type ReplaceOutcome, replaceFileAtomically } from "../host_files/replace_file";
import type { HostSession } from "./host_session";

/** A file that was changed, or may have been, and can be put back. */
export interface Edit {
  readonly user: string;
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
  /** Whether the host confirmed the change. If it did not, it may still make it later. */
  readonly isConfirmed: boolean;
}

/** A file that could not be put back, and why. */
export interface NotBack extends Edit {
  readonly reason: string;
}

/**
 * Changes a file. `edit` gets its current bytes and returns the new ones; undefined leaves the file.
 *
 * @param edits gets the change, also one that the host did not confirm
 * @param given what is known of the file
 * @returns the change, if one was made
 * @throws KeysNotWrittenError when the file could not be written; it is then as it was
 */
export async function editFile(
  { session, facts, access }: HostSession,
  user: string,
  path: string,
  edit: (bytes: Buffer) => Buffer | undefined,
  edits: Edit[],
  given: Pick<EditOptions, "known" | "readBack"> = {},
): Promise<Edit | undefined> {
  const record = (before: Buffer, after: Buffer, isConfirmed: boolean): Edit => {
    const change = { user, path, before, after, isConfirmed };
    edits.push(change);
    return change;
  };
  const onUnconfirmed = (before: Buffer, after: Buffer) => void record(before, after, false);
  const options = { ...commandBounds(access), ...given, onUnconfirmed };
  const { file, replacement } = await editHostFile(session, facts, user, path, ({ bytes }) => edit(bytes), options);
  if (replacement === undefined) return undefined;
  if (replacement.outcome === "written") return record(file.bytes, replacement.bytes, true);
  throw new KeysNotWrittenError(
    `${printable(path)} of ${user}@${access.target.host} could not be changed, and is as it was: ${reasonOf(replacement)}. Correct that, ` +
      'then run "pulumi up" again.',
  );
}

function reasonOf(replacement: Exclude<ReplaceOutcome, { outcome: "written" }>): string {
  if (replacement.outcome === "failed") return replacement.reason;
  return replacement.outcome === "changed"
    ? "somebody keeps editing it"
    : `another run is changing it (${printable(replacement.by)})`;
}

/**
 * Puts files back in reverse order, if they are still as we left them. It does so even if the caller has aborted.
 *
 * @returns the files that are not back, or may not be
 */
export async function putBack(host: HostSession, edits: readonly Edit[]): Promise<NotBack[]> {
  const left: NotBack[] = [];
  for (const edit of edits.toReversed()) {
    const reason = await whyNotBack(host, edit);
    if (reason !== undefined) left.push({ ...edit, reason });
  }
  return left;
}

/**
 * Puts files back after an error.
 *
 * @param whenBack a sentence for the user, added to the error if there was a change and all of it is back
 * @returns the error to throw: the given one, or a KeysNotPutBackError if a file could not be put back
 */
export async function putBackAfter(
  host: HostSession,
  edits: readonly Edit[],
  error: unknown,
  whenBack?: string,
): Promise<unknown> {
  const left = await putBack(host, edits);
  if (left.length > 0) return notPutBackError(host, left, error);
  const isBack = edits.length > 0 && whenBack !== undefined && error instanceof ExoscaleSshError;
  return isBack ? error.addSentence(whenBack) : error;
}

/** The error for a change that failed and could not be undone. */
export function notPutBackError(
  { session }: HostSession,
  left: readonly NotBack[],
  cause: unknown,
): KeysNotPutBackError {
  const { type, base64 } = session.hostKey;
  const why = cause instanceof Error ? cause.message : String(cause);
  const files = left.map(({ path }) => path);
  return new KeysNotPutBackError(`${why} ${describeNotBack(left)}`, files, `${type} ${base64}`, cause);
}

function describeNotBack(left: readonly NotBack[]): string {
  const known = left.filter(({ isConfirmed }) => isConfirmed);
  const unknown = left.filter(({ isConfirmed }) => !isConfirmed);
  const list = (files: readonly NotBack[]) =>
    files.map(({ path, reason }) => `${printable(path)} (${reason})`).join(", ");
  return [
    ...(known.length > 0 ? [`These could not be put back: ${list(known)}.`] : []),
    ...(unknown.length > 0 ? [`Whether these were changed is not known: ${list(unknown)}.`] : []),
  ].join(" ");
}

async function whyNotBack({ session, facts, access }: HostSession, edit: Edit): Promise<string | undefined> {
  const { user, path, before, after } = edit;
  try {
    const replacement = await replaceFileAtomically(session, facts, user, path, after, before, rollbackBounds(access));
    if (replacement.outcome === "written") return undefined;
    // The file is as it was before, or somebody else changed it. The change that we sent may still arrive.
    const isPending = replacement.outcome === "changed" && !edit.isConfirmed;
    return isPending ? "our change is not in it so far" : reasonOf(replacement);
  } catch (error) {
    if (error instanceof ExoscaleSshError) return error.message;
    throw error;
  }
}
