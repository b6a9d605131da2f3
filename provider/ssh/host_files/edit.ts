import { SshCommandError } from "../../errors";
import { backoff, pause } from "../connection/deadline";
import { printable } from "./fields";
import type { HostFacts } from "./inspect_host";
import { type HostFile, readHostFiles } from "./read";
import { type ReplaceOptions, type ReplaceOutcome, replaceFileAtomically } from "./replace_file";
import type { Shell } from "./run_script";

/** What became of an edit. */
export interface EditResult {
  /** The file as it was when the last decision about it was made. */
  readonly file: HostFile;
  /** What became of the decision; absent when it was that there is nothing to write. */
  readonly swap?: ReplaceOutcome;
}

/** Bounds, and how long a lock is respected. */
export interface EditOptions extends ReplaceOptions {
  /**
   * Milliseconds after which a lock that is still the same one is broken; the edit is `failed` where that does not succeed.
   * Default 60 000.
   */
  readonly lockPatienceMs?: number;
  /**
   * Told of a decision that was sent to the host without an answer, before the edit rejects: whether it is written, now or
   * in a moment, is not known. Default: nobody.
   */
  readonly unheard?: (before: Buffer, after: Buffer) => void;
}

/** How often it is tried while others edit the same file. */
const TRIES = 15;

/**
 * Reads a file, lets `edit` decide what is to be in it, and replaces it; all of that again, after a while, when somebody
 * else edited it meanwhile or is about to. `edit` gets a file that was read, or one that is missing and is to be made; what
 * cannot be read comes back as failed without a decision. `undefined` writes nothing.
 *
 * `changed` or `locked` is the outcome when there were too many others, `failed` when a lock is left that cannot be broken. Rejects as swapHostFile does.
 */
export async function editHostFile(
  session: Shell,
  look: HostFacts,
  user: string,
  path: string,
  edit: (file: HostFile) => Buffer | undefined,
  options: EditOptions = {},
): Promise<EditResult> {
  const lock = new LockWatch(options.lockPatienceMs ?? 60_000);
  for (let tries = 1; ; tries += 1) {
    const result = await tryOnce(session, look, user, path, { ...options, ...lock.toBreak(), edit });
    const { swap } = result;
    if (swap === undefined || swap.outcome === "written" || swap.outcome === "failed") return result;
    // Waiting for one and the same lock is bounded by patience.
    if (lock.isStill(swap)) tries -= 1;
    if (tries >= TRIES) return lock.isOverdue() ? { ...result, swap: lockedOutcome(result.file) } : result;
    await pause(backoff(tries, 20, 400), options.signal ?? NEVER);
  }
}

async function tryOnce(
  session: Shell,
  look: HostFacts,
  user: string,
  path: string,
  { edit, unheard, ...options }: EditOptions & { readonly edit: (file: HostFile) => Buffer | undefined },
): Promise<EditResult> {
  const [file] = await readHostFiles(session, look, user, [path], { ...options, literal: true });
  if (!file) throw new SshCommandError(`The host does not answer about ${path}.`);
  if (file.status !== "read" && file.status !== "missing") return { file, swap: notEditableOutcome(file) };
  const bytes = edit(file);
  if (bytes === undefined) return { file };
  const expected = file.status === "read" ? file.bytes : undefined;
  try {
    return { file, swap: await replaceFileAtomically(session, look, user, path, expected, bytes, options) };
  } catch (error) {
    unheard?.(file.bytes, bytes);
    throw error;
  }
}

const NEVER = new AbortController().signal;

function notEditableOutcome({ path, resolved, status, reason }: HostFile): ReplaceOutcome {
  const what = status === "not-a-file" ? `${resolved} is not a regular file` : `cannot read ${path}`;
  return { outcome: "failed", reason: reason ? `${what}: ${reason}` : what };
}

/** A lock whose holder stays the same to look at and is yet another one to the host. */
function lockedOutcome({ resolved }: HostFile): ReplaceOutcome {
  const at = resolved.lastIndexOf("/") + 1;
  const lock = `${resolved.slice(0, at)}.${resolved.slice(at)}.exoscale-ssh.lock`;
  return { outcome: "failed", reason: `a lock is left and cannot be taken away, remove ${printable(lock)}` };
}

/** Remembers since when a lock has been the same one. Only this machine's clock counts, not the host's. */
class LockWatch {
  #by: string | undefined;
  #since = 0;

  readonly #patienceMs: number;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Takes note of an outcome; tells whether it is the lock of last time, and to be waited for. */
  isStill(swap: ReplaceOutcome): boolean {
    const by = swap.outcome === "locked" ? swap.by : undefined;
    if (by !== undefined && by === this.#by) return !this.isOverdue();
    this.#by = by;
    this.#since = performance.now();
    return false;
  }

  /** Whether nobody has moved the lock for so long. */
  isOverdue(): boolean {
    return this.#by !== undefined && performance.now() - this.#since >= this.#patienceMs;
  }

  /** The lock to break, once it is overdue. */
  toBreak(): Pick<ReplaceOptions, "staleLock"> {
    return this.#by !== undefined && this.isOverdue() ? { staleLock: this.#by } : {};
  }
}
