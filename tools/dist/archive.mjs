// Archives that are the same wherever and whenever they are made.
import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** The time of every file: npm's own, as old as anything that programs take for a real one. */
const WHEN = new Date("1985-10-26T08:15:00.000Z");

/**
 * @typedef {object} Entry
 * @property {string} from the file
 * @property {string} to its path in the archive
 * @property {boolean} [program] whether it may be executed
 *
 * @param {string} file of the archive, .tar.gz
 * @param {Entry[]} entries
 * @param {string} staging a directory that is made and removed
 */
export async function archive(file, entries, staging) {
  // Not at the top: this is loaded before npm has installed anything.
  const { create } = await import("tar");
  rmSync(staging, { recursive: true, force: true });
  for (const { from, to, program } of entries) {
    const copy = join(staging, to);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(from, copy);
    // What they are in a checkout depends on its owner's umask.
    chmodSync(copy, program ? 0o755 : 0o644);
  }
  const names = entries.map(({ to }) => to).sort();
  await create({ file, cwd: staging, portable: true, mtime: WHEN, gzip: { level: 9 } }, names);
  rmSync(staging, { recursive: true });
}
