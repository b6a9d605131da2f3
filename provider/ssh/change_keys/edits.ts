import { KeysNotWrittenError } from "../../errors";
import { editHostFile } from "../host_files/edit";
import { type SwapOutcome, swapHostFile } from "../host_files/swap";
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
  const { file, swap } = await editHostFile(session, look, user, path, ({ bytes }) => edit(bytes));
  if (swap === undefined) return undefined;
  if (swap.outcome === "written") return { user, path, before: file.bytes, after: swap.bytes };
  throw new KeysNotWrittenError(
    `${path} of ${user}@${access.target.host} could not be changed, and is as it was: ${reasonOf(swap)}.`,
  );
}

function reasonOf(swap: Exclude<SwapOutcome, { outcome: "written" }>): string {
  if (swap.outcome === "failed") return swap.reason;
  return swap.outcome === "changed" ? "somebody keeps editing it" : `another run is changing it (${swap.by})`;
}

/** Puts files back, where they still are as we left them, in reverse order. @returns those that are not back, in words */
export async function putBack({ session, look }: Visit, edits: readonly Edit[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { user, path, before, after } of [...edits].reverse()) {
    const swapped = await swapHostFile(session, look, user, path, after, before);
    if (swapped.outcome !== "written") failed.push(`${path} (${reasonOf(swapped)})`);
  }
  return failed;
}
