/** Directories for one run, which the next run removes when a killed process could not. */
import type { Stats } from "node:fs";
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeThisProcess, hasEnded } from "../owner_process";

const PREFIX = "exoscale-emulator-";
const HOLDER = "holder";

/** Makes a directory, private to this user, and removes those of this user whose emulators were killed. */
export async function makeTemporary(): Promise<string> {
  await sweep();
  const root = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(root, HOLDER), describeThisProcess(), { mode: 0o600 });
  return root;
}

async function sweep(): Promise<void> {
  // What cannot be looked at or removed is in nobody's way.
  const names = await readdir(tmpdir()).catch(() => []);
  const left = names.filter((name) => name.startsWith(PREFIX));
  await Promise.all(left.map((name) => removeLeft(join(tmpdir(), name)).catch(() => undefined)));
}

async function removeLeft(root: string): Promise<void> {
  if (!isOwn(await lstat(root))) return;
  if (hasEnded(await readFile(join(root, HOLDER), "utf8"))) await rm(root, { recursive: true, force: true });
}

// Others may put anything of that name where temporary files are.
const isOwn = (stats: Stats) => stats.isDirectory() && stats.uid === (process.getuid?.() ?? stats.uid);
