/**
 * The directory that keeps an emulator's state between runs: `state.json`, `guests/` and `lock`.
 *
 * One emulator at a time uses it. Files are replaced atomically, and only this user can read them.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describeThisProcess, livingOwner } from "./owner_process";
import { codeOf } from "./system_error";

/** What a file contains: its content, and a digest that proves that it is undamaged. */
interface Envelope {
  readonly format: typeof FORMAT;
  readonly sha256: string;
  readonly content: unknown;
}

const FORMAT = 1;
const STATE = "state.json";
const GUESTS = "guests";
const LOCK = "lock";

/** A state directory, locked by this emulator until it releases it. */
export class StateDirectory {
  #isTaken = true;

  private constructor(readonly path: string) {}

  /**
   * Locks a directory, and creates it when it is missing.
   *
   * @throws when another emulator uses it, or when it contains other files
   */
  static open(wanted: string): StateDirectory {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    const path = realpathSync(wanted);
    const names = readdirSync(path);
    const isForeign = (name: string) => name !== GUESTS && !name.startsWith(LOCK) && !name.startsWith(STATE);
    if (!names.includes(STATE) && names.some(isForeign)) {
      throw new Error(
        `${path} holds files and no emulator's state. Name an empty directory, or one that does not exist yet.`,
      );
    }
    takeLock(path);
    chmodSync(path, 0o700);
    return new StateDirectory(path);
  }

  /** The directory of the guests' files. */
  get guests(): string {
    return join(this.path, GUESTS);
  }

  /** The state that was written last; undefined when there is none. @throws when the file is damaged */
  readState<T>(): T | undefined {
    return readChecked<T>(join(this.path, STATE));
  }

  /** Replaces the state. @throws when it cannot be written; the old state is kept then */
  writeState(state: object): void {
    writeAtomically(join(this.path, STATE), state);
  }

  /** Unlocks the directory. */
  release(): void {
    if (this.#isTaken) rmSync(join(this.path, LOCK), { force: true });
    this.#isTaken = false;
  }
}

/** The content of a file that `writeWhole` wrote; undefined when there is none. @throws when it is damaged */
export function readChecked<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const { format, sha256, content } = parseEnvelope(text);
  if (format !== undefined && format !== FORMAT) throw new Error(`${path} was written by another version (${format})`);
  if (sha256 !== digest(content)) {
    throw new Error(`${path} is damaged. Restore a copy of it, or use another directory.`);
  }
  // The digest proves that the content is what was written, and each path is written with one type.
  return content as T;
}

/** Replaces a file, with mode 0600. A reader finds either the old content or the new one. */
export function writeAtomically(path: string, content: object): void {
  const whole: Envelope = { format: FORMAT, sha256: digest(content), content };
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${JSON.stringify(whole, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(temporary, path);
}

function parseEnvelope(text: string): Partial<Envelope> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function digest(content: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(content) ?? "")
    .digest("hex");
}

/** Creates this process's lock in the directory, as a hard link, so that no lock is ever incomplete. */
function takeLock(directory: string): void {
  const lock = join(directory, LOCK);
  const own = `${lock}.${randomUUID()}`;
  writeFileSync(own, describeThisProcess(), { mode: 0o600 });
  try {
    while (!tryLink(own, lock)) {
      throwIfOwned(directory, lock);
      removeStale(directory, lock);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function tryLink(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function throwIfOwned(directory: string, lock: string): void {
  const pid = livingOwner(readFileSync(lock, "utf8"));
  if (pid === undefined) return;
  throw new Error(`The emulator of process ${pid} has the state in ${directory}. Stop it, or name another directory.`);
}

// Moved first and then checked again: another emulator may have created its own lock in the meantime.
function removeStale(directory: string, lock: string): void {
  const moved = `${lock}.${randomUUID()}`;
  renameSync(lock, moved);
  try {
    throwIfOwned(directory, moved);
  } catch (error) {
    tryLink(moved, lock);
    throw error;
  } finally {
    rmSync(moved);
  }
}
