// Packs the npm package: the files that `npm pack` would take, in an archive that is the same on every machine.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "../setup/dependencies.mjs";
import { root } from "../setup/paths.mjs";
import { writeArchive } from "./archive.mjs";

/**
 * @param {string} release the directory to write it to
 * @param {string} staging a directory that is created and removed
 */
export async function packNpmPackage(release, staging) {
  // npm prints a list of packages; from npm 12 on, an object with the packages by name.
  const [{ filename, files }] = Object.values(JSON.parse(await npm("pack", "--json", "--dry-run", "--ignore-scripts")));
  const programs = new Set(Object.values(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).bin));
  const entries = files.map((/** @type {{ path: string }} */ { path }) => ({
    from: join(root, path),
    to: `package/${path}`,
    program: programs.has(path),
  }));
  await writeArchive(join(release, filename), entries, staging);
}
