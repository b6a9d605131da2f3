/** The directory in which guests have their files, private to this user, for one run or for several. */
import { rmSync } from "node:fs";
import { chmod, mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readChecked, writeAtomically } from "../state_directory";
import { makeTemporary } from "./temporary_directory";

/** Where guests outlive this process, and which instances there are. */
export interface Kept {
  readonly directory: string;
  readonly ids: ReadonlySet<string>;
}

/** What is kept for nobody, and open: removed at the end of a program that exits without closing. */
const temporary = new Set<string>();

/** Of a killed process of a guest, which may write for a moment longer, a file can come in between. */
const removal = { recursive: true, force: true, maxRetries: 5 } as const;

function removeTemporary(): void {
  for (const root of temporary) rmSync(root, removal);
}

/** Has one listener for all directories, as long as there are any. */
function removeAtExit(root: string): void {
  if (temporary.size === 0) process.once("exit", removeTemporary);
  temporary.add(root);
}

/** One directory a guest, and beside it a file that its commands cannot write, where guests are kept. */
export class GuestDirectory {
  private constructor(
    readonly root: string,
    readonly isKept: boolean,
  ) {
    if (!isKept) removeAtExit(root);
  }

  /** Makes a directory, or opens the one that is kept. @throws when guests' owners cannot get to it */
  static async open(kept: Kept | undefined): Promise<GuestDirectory> {
    const root = kept?.directory ?? (await makeTemporary());
    if (kept) await removeLeftovers(kept.directory, kept.ids);
    // Guests of a root process have other owners, who must get through to their own directories, which are 0700.
    if (isRoot()) await chmod(root, 0o711);
    if (isRoot() && kept) await openToOwners(root);
    return new GuestDirectory(root, kept !== undefined);
  }

  /** The directory of a guest's own files. */
  of(id: string): string {
    return join(this.root, id);
  }

  /** What was saved of a guest; undefined when nothing was, hence its files are not whole. @throws when it is damaged */
  saved<T>(id: string): T | undefined {
    return this.isKept ? readChecked<T>(this.#file(id)) : undefined;
  }

  /** Removes what an earlier run left half-made of a guest. */
  async clear(id: string): Promise<void> {
    if (this.isKept) await rm(this.of(id), { recursive: true, force: true });
  }

  /** Says of a guest that its files are whole. */
  save(id: string, guest: object): void {
    if (this.isKept) writeAtomically(this.#file(id), guest);
  }

  async forget(id: string): Promise<void> {
    await rm(this.#file(id), { force: true });
  }

  /** Removes everything, unless it is to be kept. */
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

/** Removes what a killed process left of guests that are no more, and nothing that is not a guest's. */
async function removeLeftovers(directory: string, ids: ReadonlySet<string>): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const guests = /^([0-9a-f-]{36}(\.json(\.new)?)?|probe)$/;
  const gone = (await readdir(directory)).filter((name) => guests.test(name) && !ids.has(name.slice(0, 36)));
  await Promise.all(gone.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/** Opens a kept directory to guests' owners. @throws when one above is closed to them, which is the user's to open */
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
