/**
 * The files of a guest by the paths that its accounts know. `/` is the guest's own directory, also for links, so no path
 * leads to a file of the developer.
 */
import { constants, existsSync } from "node:fs";
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rmdir,
  symlink,
  unlink,
} from "node:fs/promises";
import { join, posix } from "node:path";
import { codeOf } from "../system_error";
import { withParentDirectory } from "./guest_files";
import type { Place } from "./place";

/** How many links a path may lead through, as on Linux. */
const MOST_LINKS = 40;

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/** Attributes that a client may set. The owner is always the guest's. */
export interface Changes {
  readonly mode?: number;
  /** In bytes. */
  readonly size?: number;
  /** In seconds since 1970, together with `mtime`. */
  readonly atime?: number;
  readonly mtime?: number;
}

/** What one account sees. Relative paths begin at its home. Errors have the codes of the file system. */
export class GuestTree {
  constructor(
    readonly place: Place,
    readonly user: string,
  ) {}

  /** The absolute path. Commands without a namespace know the guest's files by their real paths. */
  absolute(path: string): string {
    const { root } = this.place;
    const inside = path === root || path.startsWith(`${root}/`) ? `/${path.slice(root.length)}` : path;
    const home = this.user === "root" ? "/root" : `/home/${this.user}`;
    return posix.resolve(home, inside);
  }

  /** Opens a file. @param flags of open(2) @param mode of a new file */
  open(path: string, flags: number, mode = 0o644): Promise<FileHandle> {
    return this.#at(path, true, async (file, directory) => {
      const handle = await open(file, flags | O_NOFOLLOW | O_NONBLOCK, mode & 0o7777);
      await giveTo(handle, directory);
      return handle;
    });
  }

  /** The attributes of a file. @param follows whether a link stands for its target */
  stat(path: string, follows: boolean) {
    return this.#at(path, follows, (file) => lstat(file));
  }

  /** The entries of a directory, each with its attributes. */
  list(path: string) {
    return this.#at(path, true, async (file) => {
      const directory = await open(file, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      try {
        // The opened one, which the guest cannot replace by a link, where there is a /proc.
        const opened = `/proc/self/fd/${directory.fd}`;
        const way = existsSync(opened) ? opened : file;
        const names = await readdir(way);
        return await Promise.all(names.map(async (name) => ({ name, stats: await lstat(join(way, name)) })));
      } finally {
        await directory.close();
      }
    });
  }

  async change(path: string, changes: Changes): Promise<void> {
    const handle = await this.open(path, changes.size === undefined ? O_RDONLY : O_RDWR);
    await changeHandle(handle, changes).finally(() => handle.close());
  }

  makeDirectory(path: string, mode = 0o755): Promise<void> {
    return this.#at(path, false, async (file, directory) => {
      await mkdir(file, { mode: mode & 0o7777 });
      const made = await open(file, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      await giveTo(made, directory).finally(() => made.close());
    });
  }

  remove(path: string): Promise<void> {
    return this.#at(path, false, (file) => unlink(file));
  }

  removeDirectory(path: string): Promise<void> {
    return this.#at(path, false, (file) => rmdir(file));
  }

  /** @throws EEXIST when there is something of the new name */
  async rename(from: string, to: string): Promise<void> {
    await this.#at(to, false, async (target) => {
      if (await exists(target)) throw Object.assign(new Error(`${to} exists`), { code: "EEXIST" });
      await this.#at(from, false, (file) => rename(file, target));
    });
  }

  readLink(path: string): Promise<string> {
    return this.#at(path, false, (file) => readlink(file));
  }

  link(path: string, target: string): Promise<void> {
    return this.#at(path, false, (file) => symlink(target, file));
  }

  /** Acts on the real file of a path. */
  async #at<T>(path: string, follows: boolean, act: (file: string, directory?: FileHandle) => Promise<T>): Promise<T> {
    const inside = await this.#resolve(this.absolute(path), follows, MOST_LINKS);
    const { root } = this.place;
    return inside === "/" ? act(root) : withParentDirectory(root, join(root, inside), act);
  }

  /** The path without links, each of which begins again at the guest's `/`. The last part need not exist. */
  async #resolve(path: string, follows: boolean, left: number): Promise<string> {
    const parts = path.split("/").filter(Boolean);
    let so = "/";
    for (const [index, part] of parts.entries()) {
      const next = posix.join(so, part);
      const rest = parts.slice(index + 1);
      const target = follows || rest.length > 0 ? await this.#target(next) : undefined;
      if (target !== undefined) {
        if (left === 0) throw Object.assign(new Error("Too many links"), { code: "ELOOP" });
        return this.#resolve(posix.resolve(so, target, ...rest), follows, left - 1);
      }
      so = next;
    }
    return so;
  }

  /** What a link leads to; undefined for anything else. */
  async #target(path: string): Promise<string | undefined> {
    try {
      return await readlink(join(this.place.root, path));
    } catch (error) {
      if (["EINVAL", "ENOENT"].includes(String(codeOf(error)))) return undefined;
      throw error;
    }
  }
}

/** Sets the given attributes of an open file. */
export async function changeHandle(handle: FileHandle, { mode, size, atime, mtime }: Changes): Promise<void> {
  if (mode !== undefined) await handle.chmod(mode & 0o7777);
  if (size !== undefined) await handle.truncate(size);
  if (atime !== undefined && mtime !== undefined) await handle.utimes(atime, mtime);
}

/** A new file belongs to the owner of its directory. An old one has it already. */
async function giveTo(handle: FileHandle, directory: FileHandle | undefined): Promise<void> {
  if (!directory) return;
  const [{ uid, gid }, now] = await Promise.all([directory.stat(), handle.stat()]);
  if (now.uid !== uid) await handle.chown(uid, gid);
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
