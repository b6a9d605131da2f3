import type { ExecOptions } from "../connection/exec";
import { accountOf, canAct, pathOf } from "./account";
import { printable } from "./fields";
import type { HostFacts } from "./inspect_host";
import { REPLACE_FILE } from "./replace_file_script";
import { type Answer, runScriptAs, type Shell } from "./run_script";

/** What became of a file. Unless it is `written`, it is what it was. */
export type ReplaceOutcome =
  | {
      readonly outcome: "written";
      /** What was written. */
      readonly bytes: Buffer;
      /** It was read back and is something else: somebody edited it since. Absent where it is what was written. */
      readonly alteredSince?: true;
      /** Whether it was overwritten, because it cannot be replaced: it is mounted by itself. Then it was not atomic. */
      readonly inPlace: boolean;
    }
  /** It is not what was expected: somebody else edits it. Read it again. */
  | { readonly outcome: "changed" }
  /** Another run of this package holds its lock; `by` says since when, and is another text for every lock. */
  | { readonly outcome: "locked"; readonly by: string }
  /** It cannot be done; `reason` ends with the host's own words, such as `No space left on device`. */
  | { readonly outcome: "failed"; readonly reason: string };

/** Bounds, and what to do about a lock. */
export interface ReplaceOptions extends ExecOptions {
  /** A lock with this `by` is broken: nobody is behind it any more. Default: no lock is. */
  readonly staleLock?: string;
}

/**
 * Replaces a file of an account atomically, if its bytes still are the expected ones; `undefined` expects that there is no
 * file, and makes it with rights 0600, and `.ssh` with 0700. Owner, group, rights, ACL and label stay. A link stays, and
 * the file behind it is replaced. After any failure the file is as it was and nothing is left beside it.
 *
 * Acts as the account itself. Only outside of its home, in a directory where it may not write, root acts; and never where
 * a directory or a link on the way to the file is not root's alone. Rejects as readHostFiles does; what became of the file is then not known.
 */
export async function replaceFileAtomically(
  session: Shell,
  look: HostFacts,
  user: string,
  path: string,
  expected: Buffer | undefined,
  bytes: Buffer,
  options: ReplaceOptions = {},
): Promise<ReplaceOutcome> {
  const account = accountOf(look, user);
  const at = pathOf(account, path);
  const script = (variables: Readonly<Record<string, string>>) => ({
    text: REPLACE_FILE,
    variables: {
      ...variables,
      ...sizes(expected, bytes),
      path: at,
      home: account.home,
      stale: options.staleLock ?? "",
    },
    data: Buffer.concat([expected ?? Buffer.alloc(0), bytes]),
  });
  if (!canAct(look, user)) return { outcome: "failed", reason: `cannot act as ${user}: ${look.becomeRefusal}` };
  const said = await runScriptAs(session, look, user, script({ public: "" }), options);
  const denied = !("refused" in said) && said.bytes("denied") !== undefined;
  if (!denied || at.startsWith(`${account.home}/`) || !canAct(look, "root")) return outcomeOf(said, bytes);
  return outcomeOf(await runScriptAs(session, look, "root", script({ public: "1" }), options), bytes);
}

function sizes(expected: Buffer | undefined, bytes: Buffer): Record<string, string> {
  return { kind: expected ? "old" : "new", old: String(expected?.length ?? 0), new: String(bytes.length) };
}

function outcomeOf(said: Answer, bytes: Buffer): ReplaceOutcome {
  if ("refused" in said) return { outcome: "failed", reason: said.refused };
  const outcome = said.text("outcome");
  if (outcome === "changed") return { outcome };
  if (outcome === "locked") return { outcome, by: said.text("by") ?? "" };
  if (outcome !== "written")
    return { outcome: "failed", reason: printable(said.text("reason") ?? "it does not say why") };
  const isAltered = said.bytes("bytes")?.equals(bytes) === false;
  return {
    outcome,
    bytes,
    ...(isAltered && { alteredSince: true }),
    inPlace: said.bytes("in-place") !== undefined,
  };
}
