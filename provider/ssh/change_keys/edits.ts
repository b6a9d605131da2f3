import { ExoscaleSshError, KeysNotPutBackError, KeysNotWrittenError } from "../../errors";
import { commandBounds, rollbackBounds } from "../connection/host_access";
import { editHostFile } from "../host_files/edit";
import { type ReplaceOutcome, replaceFileAtomically } from "../host_files/replace_file";
import type { HostSession } from "./host_session";

/** A file that was changed, or may have been, and can be put back. */
export interface Edit {
  readonly user: string;
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
  /** Whether the host was heard to have changed it. Where it was not, it may do so later still. */
  readonly isHeard: boolean;
}

/** A file that could not be put back, and why. */
export interface NotBack extends Edit {
  readonly reason: string;
}

/**
 * Changes a file as `edit` decides, which gets the bytes that are there at that moment; undefined leaves it.
 *
 * @param edits where a change is noted, also one of which nobody knows whether it was made
 * @returns the change, where one was made
 * @throws KeysNotWrittenError when it could not be written; it is then as it was
 */
export async function editFile(
  { session, look, access }: HostSession,
  user: string,
  path: string,
  edit: (bytes: Buffer) => Buffer | undefined,
  edits: Edit[],
): Promise<Edit | undefined> {
  const noted = (before: Buffer, after: Buffer, isHeard: boolean): Edit => {
    const made = { user, path, before, after, isHeard };
    edits.push(made);
    return made;
  };
  const unheard = (before: Buffer, after: Buffer) => void noted(before, after, false);
  const options = { ...commandBounds(access), unheard };
  const { file, swap } = await editHostFile(session, look, user, path, ({ bytes }) => edit(bytes), options);
  if (swap === undefined) return undefined;
  if (swap.outcome === "written") return noted(file.bytes, swap.bytes, true);
  throw new KeysNotWrittenError(
    `${path} of ${user}@${access.target.host} could not be changed, and is as it was: ${reasonOf(swap)}. Mend that, and ` +
      'run "pulumi up" again.',
  );
}

function reasonOf(swap: Exclude<ReplaceOutcome, { outcome: "written" }>): string {
  if (swap.outcome === "failed") return swap.reason;
  return swap.outcome === "changed" ? "somebody keeps editing it" : `another run is changing it (${swap.by})`;
}

/**
 * Puts files back, where they still are as we left them, in reverse order. Also when the caller has given up.
 *
 * @returns those that are not back, or may not be
 */
export async function putBack(visit: HostSession, edits: readonly Edit[]): Promise<NotBack[]> {
  const left: NotBack[] = [];
  for (const edit of edits.toReversed()) {
    const reason = await whyNotBack(visit, edit);
    if (reason !== undefined) left.push({ ...edit, reason });
  }
  return left;
}

/**
 * Puts files back because of an error.
 *
 * @param whenBack a sentence about what that means for the user, for where there was something and all of it is back
 * @returns that error, which then also tells that; a KeysNotPutBackError for what could not be put back
 */
export async function afterPuttingBack(
  visit: HostSession,
  edits: readonly Edit[],
  error: unknown,
  whenBack?: string,
): Promise<unknown> {
  const left = await putBack(visit, edits);
  if (left.length > 0) return notPutBackError(visit, left, error);
  const isToTell = edits.length > 0 && whenBack !== undefined && error instanceof ExoscaleSshError;
  return isToTell ? error.addSentence(whenBack) : error;
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
  return new KeysNotPutBackError(`${why} ${told(left)}`, files, `${type} ${base64}`, cause);
}

function told(left: readonly NotBack[]): string {
  const [known, unknown] = [left.filter(({ isHeard }) => isHeard), left.filter(({ isHeard }) => !isHeard)];
  const list = (files: readonly NotBack[]) => files.map(({ path, reason }) => `${path} (${reason})`).join(", ");
  return [
    ...(known.length > 0 ? [`These could not be put back: ${list(known)}.`] : []),
    ...(unknown.length > 0 ? [`Whether these were changed is not known: ${list(unknown)}.`] : []),
  ].join(" ");
}

async function whyNotBack({ session, look, access }: HostSession, edit: Edit): Promise<string | undefined> {
  const { user, path, before, after } = edit;
  try {
    const swapped = await replaceFileAtomically(session, look, user, path, after, before, rollbackBounds(access));
    if (swapped.outcome === "written") return undefined;
    // What is there then is what was before, or somebody else's; what was sent may still come.
    return swapped.outcome === "changed" && !edit.isHeard ? "it has something else so far" : reasonOf(swapped);
  } catch (error) {
    if (error instanceof ExoscaleSshError) return error.message;
    throw error;
  }
}
