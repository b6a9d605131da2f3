/**
 * The directory in which an emulator outlives its process: `state.json`, `guests/` and `lock`.
 *
 * One emulator at a time has it. Its files are whole or absent, and for this user alone.
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

/** What a file holds: its content beside the proof that it is what was written. */
interface Envelope {
  readonly format: typeof FORMAT;
  readonly sha256: string;
  readonly content: unknown;
}

const FORMAT = 1;
const STATE = "state.json";
const GUESTS = "guests";
const LOCK = "lock";

/** A state directory that this emulator has until it releases it. */
export class StateDirectory {
  #isTaken = true;

  private constructor(readonly path: string) {}

  /**
   * Takes a directory, and makes it when there is none.
   *
   * @throws when another emulator has it, or when it holds what is no emulator's
   */
  static open(wanted: string): StateDirectory {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    const path = realpathSync(wanted);
    const names = readdirSync(path);
    const isForeign = (name: string) => name !== GUESTS && !name.startsWith(LOCK) && !name.startsWith(STATE);
    if (!names.includes(STATE) && names.some(isForeign)) {
      throw new Error(
        `${path} holds files and no emulator's state. Name an empty directory, or one that is yet to be.`,
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

  /** What was written last; undefined before the first time. @throws when the file is damaged */
  readState<T>(): T | undefined {
    return readChecked<T>(join(this.path, STATE));
  }

  /** Replaces the state. @throws when it cannot be written; then the one before is still there */
  writeState(state: object): void {
    writeAtomically(join(this.path, STATE), state);
  }

  /** Lets another emulator have the directory. */
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
    throw new Error(`${path} is damaged. Put a copy in its place, or begin anew with another directory.`);
  }
  // The digest proves that this is what was written, and each path is written with one type.
  return content as T;
}

/** Writes a file, 0600, so that whoever reads it finds all of it or what was there before. */
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

/** Puts this process's lock into the directory. A link appears with its content, so no lock is ever half-written. */
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
  throw new Error(`The emulator of process ${pid} has the state in ${directory}. End it, or name another directory.`);
}

// Moved before it is looked at once more: another emulator may have put a lock of its own there meanwhile.
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
