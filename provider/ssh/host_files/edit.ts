import { SshCommandError } from "../../errors";
import { printable } from "../../errors/printable";
import { backoff, pause } from "../connection/pause";
import type { HostFacts } from "./inspect_host";
import { type HostFile, readHostFiles } from "./read";
import { type ReplaceOptions, type ReplaceOutcome, replaceFileAtomically } from "./replace_file";
import type { Shell } from "./run_script";

/** The result of an edit. */
export interface EditResult {
  /** The file on which the last decision was made. */
  readonly file: HostFile;
  /** The outcome of the decision; absent if it was to write nothing. */
  readonly replacement?: ReplaceOutcome;
}

/** Time limits, and how long a lock is respected. */
export interface EditOptions extends ReplaceOptions {
  /**
   * Milliseconds after which a lock that is still the same one is broken. If that fails, the edit is `failed`.
   * Default 60 000.
   */
  readonly lockPatienceMs?: number;
  /**
   * Called before the edit rejects, if a decision was sent to the host and got no answer: whether the host writes it,
   * now or later, is not known. Default: nothing.
   */
  readonly onUnconfirmed?: (before: Buffer, after: Buffer) => void;
  /**
   * The file as it was read a moment ago in this session, for the first decision. The host compares it before it writes
   * anything. Default: the file is read.
   */
  readonly known?: HostFile;
}

/** How often an edit is tried while others edit the same file. */
const MAX_TRIES = 15;

/**
 * Reads a file, calls `edit` for the new bytes, and replaces the file. All of that is repeated after a pause if
 * somebody else edited the file meanwhile, or holds its lock. `edit` gets a file that was read, or one that is missing
 * and is created. A file that cannot be read is `failed` without a call of `edit`. If `edit` returns `undefined`,
 * nothing is written.
 *
 * The outcome is `changed` or `locked` if others did not stop, and `failed` if a lock remains that cannot be broken.
 * Rejects as replaceFileAtomically does.
 */
export async function editHostFile(
  session: Shell,
  facts: HostFacts,
  user: string,
  path: string,
  edit: (file: HostFile) => Buffer | undefined,
  options: EditOptions = {},
): Promise<EditResult> {
  const lock = new LockWatch(options.lockPatienceMs ?? 60_000);
  let { known } = options;
  for (let tries = 1; ; tries += 1) {
    const file = known ?? (await readFile(session, facts, user, path, options));
    known = undefined;
    const result = await tryOnce(session, facts, user, file, { ...options, ...lock.toBreak(), edit });
    const { replacement } = result;
    if (replacement === undefined || replacement.outcome === "written" || replacement.outcome === "failed")
      return result;
    // `lockPatienceMs`, not the number of tries, limits the wait for the same lock.
    if (lock.observe(replacement)) tries -= 1;
    if (tries >= MAX_TRIES) return lock.isOverdue() ? { ...result, replacement: lockedOutcome(result.file) } : result;
    await pause(backoff(tries, 20, 400), options.signal ?? neverAborted);
  }
}

async function readFile(session: Shell, facts: HostFacts, user: string, path: string, bounds: EditOptions) {
  const [file] = await readHostFiles(session, facts, user, [path], { ...bounds, literal: true });
  if (!file) throw new SshCommandError(`The host does not answer about ${path}.`);
  return file;
}

async function tryOnce(
  session: Shell,
  facts: HostFacts,
  user: string,
  file: HostFile,
  { edit, onUnconfirmed, ...options }: EditOptions & { readonly edit: (file: HostFile) => Buffer | undefined },
): Promise<EditResult> {
  if (file.status !== "read" && file.status !== "missing") return { file, replacement: notEditableOutcome(file) };
  const bytes = edit(file);
  if (bytes === undefined) return { file };
  const expected = file.status === "read" ? file.bytes : undefined;
  try {
    const replacement = await replaceFileAtomically(session, facts, user, file.path, expected, bytes, options);
    return { file, replacement };
  } catch (error) {
    onUnconfirmed?.(file.bytes, bytes);
    throw error;
  }
}

const neverAborted = new AbortController().signal;

function notEditableOutcome({ path, resolved, status, reason }: HostFile): ReplaceOutcome {
  const what =
    status === "not-a-file" ? `${printable(resolved)} is not a regular file` : `cannot read ${printable(path)}`;
  return { outcome: "failed", reason: reason ? `${what}: ${reason}` : what };
}

/** For a lock whose holder looks the same to us and different to the host. */
function lockedOutcome({ resolved }: HostFile): ReplaceOutcome {
  const at = resolved.lastIndexOf("/") + 1;
  const lock = `${resolved.slice(0, at)}.${resolved.slice(at)}.exoscale-ssh.lock`;
  return { outcome: "failed", reason: `a lock is left and cannot be broken, remove ${printable(lock)}` };
}

/** Measures how long a lock has been the same one, with this machine's clock and not the host's. */
class LockWatch {
  #by: string | undefined;
  #since = 0;
  readonly #patienceMs: number;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Records an outcome. @returns whether it is the same lock as last time, and not yet overdue */
  observe(replacement: ReplaceOutcome): boolean {
    const by = replacement.outcome === "locked" ? replacement.by : undefined;
    if (by !== undefined && by === this.#by) return !this.isOverdue();
    this.#by = by;
    this.#since = performance.now();
    return false;
  }

  /** Whether the lock has been the same one for `patienceMs`. */
  isOverdue(): boolean {
    return this.#by !== undefined && performance.now() - this.#since >= this.#patienceMs;
  }

  /** The lock to break, if it is overdue. */
  toBreak(): Pick<ReplaceOptions, "staleLock"> {
    return this.#by !== undefined && this.isOverdue() ? { staleLock: this.#by } : {};
  }
}
