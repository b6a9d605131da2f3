import type { ExecOptions } from "../connection/exec";
import { accountOf, canAct, pathOf } from "./account";
import { printable } from "./fields";
import type { HostFacts } from "./inspect_host";
import { REPLACE_FILE } from "./replace_file_script";
import { type Answer, runScriptAs, type Shell } from "./run_script";

/** The outcome of a replacement. Unless it is `written`, the file is as it was. */
export type ReplaceOutcome =
  | {
      readonly outcome: "written";
      /** The bytes that were written. */
      readonly bytes: Buffer;
      /** The file was read back and has other bytes: somebody edited it since. Otherwise absent. */
      readonly alteredSince?: true;
      /** Whether the file was overwritten, not replaced, because it is a mount point. Then it was not atomic. */
      readonly inPlace: boolean;
    }
  /** The file does not have the expected bytes: somebody else edits it. Read it again. */
  | { readonly outcome: "changed" }
  /** Another run of this package holds its lock; `by` says since when, and differs for every lock. */
  | { readonly outcome: "locked"; readonly by: string }
  /** The file cannot be replaced; `reason` ends with the host's own words, such as `No space left on device`. */
  | { readonly outcome: "failed"; readonly reason: string };

/** Time limits, and which lock to break. */
export interface ReplaceOptions extends ExecOptions {
  /** Breaks a lock with this `by`, whose holder no longer runs. Default: breaks none. */
  readonly staleLock?: string;
}

/**
 * Replaces a file of an account atomically, if it still has the expected bytes. `undefined` expects no file, and
 * creates it with mode 0600, and `.ssh` with 0700. Owner, group, mode, ACL and label stay. A link stays, and the file
 * behind it is replaced. After any failure the file is as it was, and nothing is left beside it.
 *
 * Acts as the account itself. Root acts only outside of the account's home, in a directory where the account may not
 * write, and only if every directory and link in the path belongs to root alone. Rejects as readHostFiles does; whether
 * the file was replaced is then not known.
 */
export async function replaceFileAtomically(
  session: Shell,
  facts: HostFacts,
  user: string,
  path: string,
  expected: Buffer | undefined,
  bytes: Buffer,
  options: ReplaceOptions = {},
): Promise<ReplaceOutcome> {
  const account = accountOf(facts, user);
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
  if (!canAct(facts, user)) return { outcome: "failed", reason: `cannot act as ${user}: ${facts.becomeRefusal}` };
  const answer = await runScriptAs(session, facts, user, script({ public: "" }), options);
  const denied = !("refused" in answer) && answer.bytes("denied") !== undefined;
  if (!denied || at.startsWith(`${account.home}/`) || !canAct(facts, "root")) return outcomeOf(answer, bytes);
  return outcomeOf(await runScriptAs(session, facts, "root", script({ public: "1" }), options), bytes);
}

function sizes(expected: Buffer | undefined, bytes: Buffer): Record<string, string> {
  return { kind: expected ? "old" : "new", old: String(expected?.length ?? 0), new: String(bytes.length) };
}

function outcomeOf(answer: Answer, bytes: Buffer): ReplaceOutcome {
  if ("refused" in answer) return { outcome: "failed", reason: answer.refused };
  const outcome = answer.text("outcome");
  if (outcome === "changed") return { outcome };
  if (outcome === "locked") return { outcome, by: answer.text("by") ?? "" };
  if (outcome !== "written")
    return { outcome: "failed", reason: printable(answer.text("reason") ?? "it does not say why") };
  const isAltered = answer.bytes("bytes")?.equals(bytes) === false;
  return {
    outcome,
    bytes,
    ...(isAltered && { alteredSince: true }),
    inPlace: answer.bytes("in-place") !== undefined,
  };
}
