import { ExoscaleSshError, KeysNotWrittenError } from "../../errors";
import { editHostFile } from "../host_files/edit";
import { type SwapOutcome, swapHostFile } from "../host_files/swap";
import { boundsOf, boundsOfRescue } from "./bounds";
import type { Visit } from "./visit";

/** A file that was changed, and can be put back. */
export interface Edit {
  readonly user: string;
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
}

/**
 * Changes a file as `edit` decides, which gets the bytes that are there at that moment; undefined leaves it.
 *
 * @throws KeysNotWrittenError when it could not be written; it is then as it was
 */
export async function editFile(
  { session, look, access }: Visit,
  user: string,
  path: string,
  edit: (bytes: Buffer) => Buffer | undefined,
): Promise<Edit | undefined> {
  const { file, swap } = await editHostFile(session, look, user, path, ({ bytes }) => edit(bytes), boundsOf(access));
  if (swap === undefined) return undefined;
  if (swap.outcome === "written") return { user, path, before: file.bytes, after: swap.bytes };
  throw new KeysNotWrittenError(
    `${path} of ${user}@${access.target.host} could not be changed, and is as it was: ${reasonOf(swap)}. Mend that, and ` +
      'run "pulumi up" again.',
  );
}

function reasonOf(swap: Exclude<SwapOutcome, { outcome: "written" }>): string {
  if (swap.outcome === "failed") return swap.reason;
  return swap.outcome === "changed" ? "somebody keeps editing it" : `another run is changing it (${swap.by})`;
}

/**
 * Puts files back, where they still are as we left them, in reverse order. Also when the caller has given up.
 *
 * @returns a sentence about those that are not back; undefined when all are
 */
export async function putBack(visit: Visit, edits: readonly Edit[]): Promise<string | undefined> {
  const failed: string[] = [];
  for (const edit of [...edits].reverse()) failed.push(...(await back(visit, edit)));
  return failed.length > 0 ? `These could not be put back: ${failed.join(", ")}.` : undefined;
}

/**
 * Puts files back because of an error.
 *
 * @param whenBack a sentence about what that means for the user, for where there was something and all of it is back
 * @returns that error, which then also tells that, or what could not be put back
 */
export async function afterPuttingBack(
  visit: Visit,
  edits: readonly Edit[],
  error: unknown,
  whenBack?: string,
): Promise<unknown> {
  const left = (await putBack(visit, edits)) ?? (edits.length > 0 ? whenBack : undefined);
  if (left !== undefined && error instanceof ExoscaleSshError) error.message += ` ${left}`;
  return error;
}

async function back({ session, look, access }: Visit, { user, path, before, after }: Edit): Promise<string[]> {
  try {
    const swapped = await swapHostFile(session, look, user, path, after, before, boundsOfRescue(access));
    return swapped.outcome === "written" ? [] : [`${path} (${reasonOf(swapped)})`];
  } catch (error) {
    if (error instanceof ExoscaleSshError) return [`${path} (${error.message})`];
    throw error;
  }
}
