/** The directory with the guests' files, private to this user, for one run or for several. */
import { rmSync } from "node:fs";
import { chmod, mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readChecked, writeAtomically } from "../state_directory";
import { makeTemporary } from "./temporary_directory";

/** A directory in which guests outlive this process, and the ids of its instances. */
export interface Kept {
  readonly directory: string;
  readonly ids: ReadonlySet<string>;
}

/** Temporary directories in use. They are removed when a program exits without `close`. */
const temporary = new Set<string>();

/** A killed process of a guest may write for a moment longer, so removal is retried. */
const removal = { recursive: true, force: true, maxRetries: 5 } as const;

function removeTemporary(): void {
  for (const root of temporary) rmSync(root, removal);
}

/** Removes a directory when the process exits. One listener serves all directories. */
function removeAtExit(root: string): void {
  if (temporary.size === 0) process.once("exit", removeTemporary);
  temporary.add(root);
}

/**
 * One directory per guest. Where guests are kept there is a file beside it, which the guest's commands cannot write.
 */
export class GuestDirectory {
  private constructor(
    readonly root: string,
    readonly isKept: boolean,
  ) {
    if (!isKept) removeAtExit(root);
  }

  /** Creates a directory, or opens the kept one. @throws when the guests' owners cannot reach it */
  static async open(kept: Kept | undefined): Promise<GuestDirectory> {
    const root = kept?.directory ?? (await makeTemporary());
    if (kept) await removeLeftovers(kept.directory, kept.ids);
    // Guests of a root process have other owners. They must reach their own directories, which have mode 0700.
    if (isRoot()) await chmod(root, 0o711);
    if (isRoot() && kept) await openToOwners(root);
    return new GuestDirectory(root, kept !== undefined);
  }

  /** The directory of a guest's own files. */
  of(id: string): string {
    return join(this.root, id);
  }

  /** What was saved of a guest; undefined when its files are incomplete. @throws when it is damaged */
  saved<T>(id: string): T | undefined {
    return this.isKept ? readChecked<T>(this.#file(id)) : undefined;
  }

  /** Removes the incomplete files of an earlier run. */
  async clear(id: string): Promise<void> {
    if (this.isKept) await rm(this.of(id), { recursive: true, force: true });
  }

  /** Saves a guest, which marks its files as complete. */
  save(id: string, guest: object): void {
    if (this.isKept) writeAtomically(this.#file(id), guest);
  }

  async forget(id: string): Promise<void> {
    await rm(this.#file(id), { force: true });
  }

  /** Removes everything, unless guests are kept. */
  async close(): Promise<void> {
    if (this.isKept) return;
    await rm(this.root, removal);
    temporary.delete(this.root);
    if (temporary.size === 0) process.removeListener("exit", removeTemporary);
  }

  #file(id: string): string {
    return join(this.root, `${id}.json`);
  }
}

/** Removes the files of guests that no longer exist, after a killed process. Removes no other file. */
async function removeLeftovers(directory: string, ids: ReadonlySet<string>): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const guests = /^([0-9a-f-]{36}(\.json(\.new)?)?|probe)$/;
  const gone = (await readdir(directory)).filter((name) => guests.test(name) && !ids.has(name.slice(0, 36)));
  await Promise.all(gone.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/**
 * Lets the guests' owners pass a kept directory.
 *
 * @throws when a parent is closed to them; the user must open that one
 */
async function openToOwners(root: string): Promise<void> {
  const state = dirname(root);
  await chmod(state, 0o711);
  for (let above = dirname(state); above !== dirname(above); above = dirname(above)) {
    if ((await stat(above)).mode & 0o001) continue;
    throw new Error(
      `Started by root, guests run as unprivileged users, who cannot get through ${above} to ${state}. ` +
        "Name a directory elsewhere, or start the emulator as another user.",
    );
  }
}

/** Whether this process may give files to, and run commands as, other users. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
