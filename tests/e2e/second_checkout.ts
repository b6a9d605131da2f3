import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Not copied: what git and the commands of a checkout create. */
const made = [".git", "dist", "release", "sdks", "coverage", "node_modules/.cache"];

/**
 * Makes a second checkout with the same installed packages, in a folder with another name. Its files are hard links, so
 * nothing may change them in place. @returns the folder
 */
export function secondCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), "exoscale-ssh second-"));
  copy(root, folder);
  return folder;
}

function copy(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (made.includes(relative(root, source))) continue;
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.isFile()) link(source, target);
    else if (entry.isDirectory()) {
      mkdirSync(target);
      copy(source, target);
    }
  }
}

function link(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    // The folder is on another disk.
    copyFileSync(source, target);
  }
}
