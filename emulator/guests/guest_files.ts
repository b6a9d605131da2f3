/** Reads and writes a guest's files. This process may be root, so a link in a guest must not lead it to other files. */
import { randomUUID } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { type FileHandle, open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { codeOf } from "../system_error";

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * The bytes of a guest's file, as latin1; empty when there is none.
 *
 * @param root the guest's own directory
 * @throws when it is a link, or when its directory is outside the guest
 */
export async function readGuestFile(root: string, path: string): Promise<string> {
  try {
    return await withParentDirectory(root, path, async (file) => {
      const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      return handle.readFile("latin1").finally(() => handle.close());
    });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    if (codeOf(error) === "ELOOP") throw new Error(`${path} is a link, which is not followed from outside the guest.`);
    throw error;
  }
}

/**
 * Replaces a guest's file. The new file belongs to the owner of the directory.
 *
 * @param root the guest's own directory
 * @param mode its permissions. Default: 0600
 * @throws when its directory is outside the guest
 */
export function replaceGuestFile(root: string, path: string, text: string, mode = 0o600): Promise<void> {
  return withParentDirectory(root, path, async (file, directory) => {
    const { uid, gid } = await directory.stat();
    const temporary = join(dirname(file), `.${randomUUID()}`);
    try {
      await writeNew(temporary, text, { uid, gid, mode });
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

async function writeNew(path: string, text: string, as: { uid: number; gid: number; mode: number }): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(text, "latin1");
    await handle.chown(as.uid, as.gid);
    await handle.chmod(as.mode);
  } finally {
    await handle.close();
  }
}

/**
 * Acts on a file through its open directory, so that the guest cannot replace the directory after the check.
 *
 * @param root the guest's own directory
 * @throws when the directory is outside the guest
 */
export async function withParentDirectory<T>(
  root: string,
  path: string,
  act: (file: string, directory: FileHandle) => Promise<T>,
): Promise<T> {
  const directory = await open(dirname(path), O_RDONLY | O_DIRECTORY);
  try {
    const opened = `/proc/self/fd/${directory.fd}`;
    // Without /proc there is only the path, which a guest could change after the check.
    const way = existsSync(opened) ? opened : dirname(path);
    const real = await realpath(way);
    if (!`${real}${sep}`.startsWith((await realpath(root)) + sep)) {
      throw new Error(`${dirname(path)} leads out of its guest, to ${real}. Make it a directory of the guest's own.`);
    }
    return await act(join(way, basename(path)), directory);
  } finally {
    await directory.close();
  }
}
