import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { access, link, lstat, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from "node:fs/promises";
import { homedir, platform } from "node:os";
import { dirname, join, resolve } from "node:path";
import { KeyFileTakenError, KeyFileUnusableError } from "./errors";

/** What is at a path. */
export type Place =
  /** Nothing, and it seems that a file can be created there. */
  | { readonly is: "free" }
  /** A file that can be read. */
  | { readonly is: "file"; readonly text: string }
  /** Something unusable; `why` completes a sentence that begins with the path. */
  | { readonly is: "blocked"; readonly why: string };

/**
 * Files that hold a private key, on the machine that runs Pulumi. Relative paths start in the program's folder, `~/`
 * in the user's home. No method follows a symbolic link at the end of a path, and none overwrites a file whose content
 * the caller does not know.
 */
export interface PrivateKeyFiles {
  /** Tells what is at a path. Changes nothing. */
  inspect(path: string): Promise<Place>;
  /**
   * Creates a file of mode 0600, and missing folders of mode 0700. It appears whole or not at all, and is read back.
   *
   * @throws KeyFileTakenError when something exists there; it stays as it is
   * @throws KeyFileUnusableError
   */
  create(path: string, text: string): Promise<void>;
  /**
   * Replaces the text of a file that holds `last`, atomically. Keeps owner and group where the system permits it.
   *
   * @throws KeyFileUnusableError
   */
  replace(path: string, last: string, text: string): Promise<void>;
  /** Removes a file that holds `last`. @throws KeyFileUnusableError */
  remove(path: string, last: string): Promise<void>;
  /** Whether two paths lead to the same existing file. */
  isSameFile(left: string, right: string): Promise<boolean>;
}

/** The file system of this machine. */
export const privateKeyFiles: PrivateKeyFiles = {
  inspect,

  create: (path, text) =>
    explainFailure(`write the private key file "${path}"`, async () => {
      const file = absolutePath(path);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await withDraft(file, text, (draft) => linkDraft(draft, file, path));
      await checkHolds(path, text);
    }),

  replace: (path, last, text) =>
    explainFailure(`rewrite the private key file "${path}"`, async () => {
      const file = absolutePath(path);
      await checkHolds(path, last);
      const place = async (draft: string) => {
        await checkHolds(path, last);
        await rename(draft, file);
      };
      await withDraft(file, text, place, await lstat(file));
      await checkHolds(path, text);
    }),

  remove: (path, last) =>
    explainFailure(`remove the private key file "${path}"`, async () => {
      const file = absolutePath(path);
      await checkHolds(path, last);
      await unlink(file);
      await sweepDrafts(dirname(file));
    }),

  async isSameFile(left, right) {
    const [one, other] = await Promise.all([left, right].map(inodeOf));
    return one !== undefined && one === other;
  },
};

/** Bytes. No private key is larger, so a larger file is not read. */
const LARGEST_KEY = 65_536;

function absolutePath(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(path);
}

async function inspect(path: string): Promise<Place> {
  const file = absolutePath(path);
  try {
    const found = await lstat(file);
    if (!found.isFile()) return { is: "blocked", why: `is ${kindOf(found)}` };
    if (found.size > LARGEST_KEY) return { is: "blocked", why: `has ${found.size} bytes, too many for a private key` };
    const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
    return { is: "file", text: await readFile(file, { encoding: "utf8", flag }) };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return await inspectFolder(dirname(file));
    return { is: "blocked", why: `cannot be read: ${systemErrorReason(error)}` };
  }
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return "a symbolic link; give the path of the file itself";
  return found.isDirectory() ? "a directory; give the path of a file in it" : "not a regular file";
}

/** Whether a file can be created in a folder, or the missing folders on the way to it. */
async function inspectFolder(folder: string): Promise<Place> {
  try {
    if (!(await stat(folder)).isDirectory())
      return { is: "blocked", why: `cannot be created: ${folder} is not a directory` };
    await access(folder, constants.W_OK | constants.X_OK);
    return { is: "free" };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" && dirname(folder) !== folder) return await inspectFolder(dirname(folder));
    return { is: "blocked", why: `cannot be created in ${folder}: ${systemErrorReason(error)}` };
  }
}

/** Name of a draft. A killed run may leave one, with a private key in it, so the next run removes it. */
const DRAFT_NAME = /^\.exoscale-ssh-key-[0-9a-f]{16}$/;
/** Age in ms from which on a draft is left over: writing one takes a few milliseconds. */
const DRAFT_LIFETIME = 60_000;

type Owner = Pick<Stats, "uid" | "gid">;

async function withDraft(
  file: string,
  text: string,
  place: (draft: string) => Promise<void>,
  owner?: Owner,
): Promise<void> {
  const folder = dirname(file);
  await sweepDrafts(folder);
  const draft = join(folder, `.exoscale-ssh-key-${randomBytes(8).toString("hex")}`);
  try {
    await writeDraft(draft, text, owner);
    await place(draft);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(folder);
}

async function writeDraft(draft: string, text: string, owner?: Owner): Promise<void> {
  const handle = await open(draft, "wx", 0o600);
  try {
    const { mode } = await handle.stat();
    if (platform() !== "win32" && (mode & 0o077) !== 0) {
      throw new KeyFileUnusableError("the file system there lets everybody read it. Choose another privateKeyFile");
    }
    // Only root can change the owner, and it must: otherwise `sudo pulumi up` would lock the user out of the key.
    if (owner) await handle.chown(owner.uid, owner.gid).catch(() => undefined);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A hard link fails where something exists already; a rename would overwrite it. */
async function linkDraft(draft: string, file: string, path: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
    throw new KeyFileTakenError(
      `"${path}" exists. Nothing was written: choose another privateKeyFile, or move it away.`,
    );
  }
}

/** Ignores errors: a folder that cannot be listed, or a draft of another user, must not prevent a new key. */
async function sweepDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const draft of names.filter((name) => DRAFT_NAME.test(name)).map((name) => join(folder, name))) {
    const found = await lstat(draft).catch(() => undefined);
    if (!found || Date.now() - found.mtimeMs <= DRAFT_LIFETIME) continue;
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** A file name is on disk once its folder is synced; systems that cannot open folders do that by themselves. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function checkHolds(path: string, text: string): Promise<void> {
  const place = await inspect(path);
  if (place.is === "file" && place.text === text) return;
  throw new KeyFileUnusableError("its content is not as expected: something else writes to it. Run Pulumi again");
}

async function inodeOf(path: string): Promise<string | undefined> {
  const found = await lstat(absolutePath(path), { bigint: true }).catch(() => undefined);
  return found && `${found.dev} ${found.ino}`;
}

async function explainFailure(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof KeyFileTakenError) throw error;
    const reason = error instanceof KeyFileUnusableError ? error.message : systemErrorReason(error);
    throw new KeyFileUnusableError(`Could not ${what}: ${reason}.`, { cause: error });
  }
}

function systemErrorCode(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "not permitted here, or the file system has no hard links",
  ENOTSUP: "the file system has no hard links",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
  ENOTDIR: "a part of the path is a file, not a directory",
  EEXIST: "a part of the path is a file, not a directory",
  ELOOP: "its symbolic links form a loop",
};

/** The reason in words; the system's own message would repeat the path. */
function systemErrorReason(error: unknown): string {
  const code = String(systemErrorCode(error) ?? error);
  return reasons[code] ? `${reasons[code]} (${code})` : code;
}
