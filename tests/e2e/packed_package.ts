import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const root = resolve(__dirname, "../..");
const run = promisify(execFile);

/** The package as `npm pack` makes it. */
export interface PackedPackage {
  readonly tarball: string;
  /** Paths of the files in it. */
  readonly files: readonly string[];
  /** Removes it. */
  dispose(): void;
}

/** Packs what `npm run build` built. */
export async function packPackage(): Promise<PackedPackage> {
  const directory = mkdtempSync(join(tmpdir(), "exoscale-ssh-packed-"));
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", directory];
  const { stdout } = await run("npm", args, { cwd: root, maxBuffer: 1e8 });
  // npm 12 and later print an object with a package under each name; earlier ones print a list.
  const [packed] = Object.values<{ filename: string; files: { path: string }[] }>(JSON.parse(stdout));
  if (!packed) throw new Error(`npm packed nothing:\n${stdout}`);
  const { filename, files } = packed;
  return {
    tarball: join(directory, filename),
    files: files.map(({ path }) => path),
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}
