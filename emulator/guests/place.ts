/** The files of a guest: homes, authorized_keys, accounts, and the programs that come first on its PATH. */
import { chmod, lchown, lstat, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GuestSpec } from "./guest";

/** Where a guest's files are, and who owns them. */
export interface Place {
  /** The guest's own directory. It can write nowhere else. */
  readonly root: string;
  readonly hostname: string;
  /** The account of the template. */
  readonly user: string;
  /**
   * The user id that owns the files. In a guest with a range of ids it is the id of its root. Undefined when this
   * process is not root: then this user owns the files, and runs the guest's commands.
   */
  readonly owner: number | undefined;
}

/** The home of an account, inside `place.root`. */
export function homeOf(place: Place, user: string): string {
  return user === "root" ? join(place.root, "root") : join(place.root, "home", user);
}

/** The files that sshd reads by default, relative to a home. */
export const authorizedKeysFiles = [".ssh/authorized_keys", ".ssh/authorized_keys2"] as const;

/**
 * Creates the directories and files of a guest. Keys are written only here.
 *
 * @param programs the programs in `bin`, text by name
 */
export async function createRootFs(
  place: Place,
  publicKeys: readonly string[],
  programs: Readonly<Record<string, string>>,
): Promise<void> {
  const accounts = [...new Set([place.user, "root"])];
  await mkdir(place.root, { mode: 0o700 });
  const directories = ["etc", "bin", "tmp", "empty"].map((name) => join(place.root, name));
  const homes = accounts.map((user) => join(homeOf(place, user), ".ssh"));
  await Promise.all([...directories, ...homes].map((path) => mkdir(path, { recursive: true })));
  await Promise.all([
    ...accounts.map((user) => authorize(place, user, publicKeys)),
    writeFile(join(place.root, "etc/passwd"), accounts.map((user) => passwdLine(user)).join("")),
    writeFile(join(place.root, "etc/group"), accounts.map((user) => `${user}:x:${idOf(user)}:\n`).join("")),
    ...Object.entries(programs).map(([name, text]) => writeFile(join(place.root, "bin", name), text, { mode: 0o755 })),
  ]);
  await restoreOwner(place);
}

/** Gives the files to the guest's owner again, for example after a copy from another machine or by another user. */
export async function restoreOwner({ root, owner }: Place): Promise<void> {
  if (owner !== undefined && (await stat(root)).uid !== owner) await chownTree(root, owner);
}

/** The numeric id of an account inside its guest. */
export const idOf = (user: string): number => (user === "root" ? 0 : 1000);

function passwdLine(user: string): string {
  const home = user === "root" ? "/root" : `/home/${user}`;
  return `${user}:x:${idOf(user)}:${idOf(user)}::${home}:/bin/sh\n`;
}

async function authorize(place: Place, user: string, publicKeys: readonly string[]): Promise<void> {
  const home = homeOf(place, user);
  await Promise.all([chmod(home, 0o755), chmod(join(home, ".ssh"), 0o700)]);
  const prefix = user === place.user ? "" : loginHint(place.user);
  const lines = publicKeys.map((key) => `${prefix}${key}\n`).join("");
  if (lines !== "") await writeFile(join(home, authorizedKeysFiles[0]), lines, { mode: 0o600 });
}

/** The options that cloud-init puts before each key in root's file. */
function loginHint(user: string): string {
  const hint = `Please login as the user \\"${user}\\" rather than the user \\"root\\".`;
  return `no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command="echo '${hint}';echo;sleep 10;exit 142" `;
}

/**
 * Changes the owner of a file, or of a directory and everything below. Links are not followed: a guest may point them
 * anywhere.
 */
export async function chownTree(path: string, owner: number): Promise<void> {
  await lchown(path, owner, owner);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await chownTree(join(path, name), owner);
}

/** The place of a guest. */
export function placeOf(spec: GuestSpec, root: string, owner: number | undefined): Place {
  // A host name has letters, digits and hyphens only. An instance's name may have any characters.
  const hostname = spec.hostname.replace(/[^a-zA-Z0-9-]+/g, "-").slice(0, 63) || "guest";
  return { root, hostname, user: spec.user, owner };
}
