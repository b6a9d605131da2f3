import type { ExecOptions } from "../connection/exec";
import { accountOf, canAct, pathOf, type Rights } from "./account";
import { lastLine } from "./fields";
import type { HostFacts } from "./inspect_host";
import { REPLACE_FILE, REPLACE_FILE_WITH_UPLOAD } from "./replace_file_script";
import { type Answer, type HostScript, runScriptAs, type Shell } from "./run_script";

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
  /** Whether the file is read again after it was replaced, to find out about `alteredSince`. Default true. */
  readonly readBack?: boolean;
}

/** The bytes that a script can carry, and how many at most. What is more is uploaded, and so are all other bytes. */
const PLAIN_TEXT = /^[\t\n\r\x20-\x7e]*$/;
const MAX_TEXT_BYTES = 64 * 1024;

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
  if (!canAct(facts, user)) return { outcome: "failed", reason: `cannot act as ${user}: ${facts.becomeRefusal}` };
  const { staleLock: stale = "", readBack = true } = options;
  const given = { path: at, home: account.home, stale, read_back: readBack ? "1" : "" };
  const replaceAs = (owner: string, isPublic: "1" | "") => {
    const variables = { ...given, public: isPublic, uid: String(uidOf(facts, owner)) };
    return runScriptAs(session, facts, owner, scriptFor(expected, bytes, variables), options);
  };
  const answer = await replaceAs(user, "");
  const denied = !("refused" in answer) && answer.bytes("denied") !== undefined;
  if (!denied || at.startsWith(`${account.home}/`) || !canAct(facts, "root")) return outcomeOf(answer, bytes);
  return outcomeOf(await replaceAs("root", "1"), bytes);
}

/** The id of the account that a script for this account runs as. */
function uidOf(facts: Rights & Pick<HostFacts, "accounts">, user: string): number {
  if (facts.become === undefined || user === facts.loginAccount.user) return facts.loginAccount.uid;
  return user === "root" ? 0 : accountOf(facts, user).uid;
}

function scriptFor(expected: Buffer | undefined, bytes: Buffer, given: Readonly<Record<string, string>>): HostScript {
  const old = expected ?? Buffer.alloc(0);
  const sizes = { kind: expected ? "old" : "new", old: String(old.length), new: String(bytes.length) };
  const both = Buffer.concat([old, bytes]);
  const variables = { ...given, ...sizes };
  const isText = both.length <= MAX_TEXT_BYTES && PLAIN_TEXT.test(both.toString("latin1"));
  if (!isText) return { text: REPLACE_FILE_WITH_UPLOAD, variables, data: both };
  const texts = { before: old.toString("latin1"), after: bytes.toString("latin1") };
  return { text: REPLACE_FILE, variables: { ...variables, ...texts } };
}

function outcomeOf(answer: Answer, bytes: Buffer): ReplaceOutcome {
  if ("refused" in answer) return { outcome: "failed", reason: answer.refused };
  const outcome = answer.text("outcome");
  if (outcome === "changed") return { outcome };
  if (outcome === "locked") return { outcome, by: answer.text("by") ?? "" };
  if (outcome !== "written")
    return { outcome: "failed", reason: lastLine(answer.text("reason") ?? "it does not say why") };
  const isAltered = answer.bytes("bytes")?.equals(bytes) === false;
  return {
    outcome,
    bytes,
    ...(isAltered && { alteredSince: true }),
    inPlace: answer.bytes("in-place") !== undefined,
  };
}
