// Directories of the cache: made once, shared by all checkouts, whole or not there.
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeLeaving } from "../process/leave.mjs";
import { step } from "../process/say.mjs";
import { withLock } from "./lock.mjs";

/**
 * @param {string} directory its name says what is in it: other contents have another name
 * @param {string} what such as "Installing the npm packages"
 * @param {(fresh: string, progress: (now: string) => void) => Promise<void>} fill writes into an empty directory
 * @returns {Promise<string>} the directory
 */
export async function cached(directory, what, fill) {
  if (existsSync(directory)) return directory;
  const work = `${what.charAt(0).toLowerCase()}${what.slice(1)}`;
  await withLock(`${directory}.lock`, work, async () => {
    if (!existsSync(directory)) await step(what, (progress) => make(directory, (fresh) => fill(fresh, progress)));
  });
  return directory;
}

/**
 * It is made beside its place and moved there when it is whole.
 *
 * @param {string} directory
 * @param {(fresh: string) => Promise<void>} fill
 */
async function make(directory, fill) {
  removeLeftovers(directory);
  const fresh = mkdtempSync(`${directory}.fresh-`);
  const clean = beforeLeaving(() => rmSync(fresh, { recursive: true, force: true }));
  try {
    await fill(fresh);
    renameSync(fresh, directory);
  } finally {
    await clean();
  }
}

/**
 * Of runs that were killed: whoever holds the lock is alone, so nobody uses them.
 *
 * @param {string} directory
 */
export function removeLeftovers(directory) {
  const cache = dirname(directory);
  const leftovers = readdirSync(cache).filter((name) => name.startsWith(`${basename(directory)}.fresh-`));
  for (const name of leftovers) rmSync(join(cache, name), { recursive: true, force: true });
}
