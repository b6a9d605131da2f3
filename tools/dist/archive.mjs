// Writes archives reproducibly: the same files give the same bytes.
import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** The modification time of every file; npm uses the same. */
const modified = new Date("1985-10-26T08:15:00.000Z");

/**
 * @typedef {object} Entry
 * @property {string} from the file
 * @property {string} to its path in the archive
 * @property {boolean} [program] whether it is executable
 *
 * @param {string} file of the archive, .tar.gz
 * @param {Entry[]} entries
 * @param {string} staging a directory that is created and removed
 */
export async function writeArchive(file, entries, staging) {
  // Not at the top: this is loaded before npm has installed anything.
  const { create } = await import("tar");
  rmSync(staging, { recursive: true, force: true });
  for (const { from, to, program } of entries) {
    const copy = join(staging, to);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(from, copy);
    // The modes in a checkout depend on the umask.
    chmodSync(copy, program ? 0o755 : 0o644);
  }
  const names = entries.map(({ to }) => to).sort();
  await create({ file, cwd: staging, portable: true, mtime: modified, gzip: { level: 9 } }, names);
  rmSync(staging, { recursive: true });
}
