/** Directories for one run. The next run removes those of killed processes. */
import type { Stats } from "node:fs";
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeThisProcess, hasEnded } from "../owner_process";

const PREFIX = "exoscale-emulator-";
const HOLDER = "holder";

/** Creates a directory that is private to this user, and removes this user's directories of killed emulators. */
export async function makeTemporary(): Promise<string> {
  await removeStale();
  const root = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(root, HOLDER), describeThisProcess(), { mode: 0o600 });
  return root;
}

async function removeStale(): Promise<void> {
  // A directory that cannot be read or removed does no harm.
  const names = await readdir(tmpdir()).catch(() => []);
  const left = names.filter((name) => name.startsWith(PREFIX));
  await Promise.all(left.map((name) => removeIfStale(join(tmpdir(), name)).catch(() => undefined)));
}

async function removeIfStale(root: string): Promise<void> {
  if (!isOwn(await lstat(root))) return;
  if (hasEnded(await readFile(join(root, HOLDER), "utf8"))) await rm(root, { recursive: true, force: true });
}

// Other users may create directories of that name there.
const isOwn = (stats: Stats) => stats.isDirectory() && stats.uid === (process.getuid?.() ?? stats.uid);
