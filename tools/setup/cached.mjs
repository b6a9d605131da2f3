// Directories in the cache: each is filled once, is shared by all checkouts, and is either complete or absent.
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeExit } from "../process/leave.mjs";
import { step } from "../process/say.mjs";
import { withLock } from "./lock.mjs";

/**
 * @param {string} directory its name depends on its contents
 * @param {string} what such as "Installing the npm packages"
 * @param {(fresh: string, progress: (now: string) => void) => Promise<void>} fill writes into an empty directory
 * @returns {Promise<string>} the directory
 */
export async function ensureCached(directory, what, fill) {
  if (existsSync(directory)) return directory;
  const work = `${what.charAt(0).toLowerCase()}${what.slice(1)}`;
  await withLock(`${directory}.lock`, work, async () => {
    if (!existsSync(directory))
      await step(what, (progress) => fillAtomically(directory, (fresh) => fill(fresh, progress)));
  });
  return directory;
}

/**
 * Fills a temporary directory beside it, and renames that when it is complete.
 *
 * @param {string} directory
 * @param {(fresh: string) => Promise<void>} fill
 */
async function fillAtomically(directory, fill) {
  removeLeftovers(directory);
  const fresh = mkdtempSync(`${directory}.fresh-`);
  const clean = beforeExit(() => rmSync(fresh, { recursive: true, force: true }));
  try {
    await fill(fresh);
    renameSync(fresh, directory);
  } finally {
    await clean();
  }
}

/**
 * Removes what killed runs left. The caller holds the lock, so no other run uses it.
 *
 * @param {string} directory
 */
export function removeLeftovers(directory) {
  const cache = dirname(directory);
  const leftovers = readdirSync(cache).filter((name) => name.startsWith(`${basename(directory)}.fresh-`));
  for (const name of leftovers) rmSync(join(cache, name), { recursive: true, force: true });
}
