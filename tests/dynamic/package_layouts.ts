import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** The folder of a program that has the built package and Pulumi in its node_modules. */
export interface ProgramFolder {
  readonly path: string;
  /** Removes it. */
  dispose(): void;
}

/** @throws if the package is not built: these tests use what users get. */
export function requireBuild(): void {
  if (existsSync(join(root, "dist/provider/dynamic/providers.js"))) return;
  throw new Error("dist/ is missing. Run `npm run build` first; `npm test` does so by itself.");
}

/** A program with the package as `npm link` and workspaces install it: a symbolic link to the source folder. */
export function linkedProgram(): ProgramFolder {
  return programFolder((place) => symlinkSync(root, place));
}

/** A program with the package as `npm install` installs it: a copy of the files. */
export function installedProgram(): ProgramFolder {
  return programFolder((place) => {
    cpSync(join(root, "package.json"), join(place, "package.json"));
    cpSync(join(root, "dist/provider"), join(place, "dist/provider"), { recursive: true });
  });
}

function programFolder(putPackage: (place: string) => void): ProgramFolder {
  requireBuild();
  const path = mkdtempSync(join(tmpdir(), "exoscale-ssh-program-"));
  mkdirSync(join(path, "node_modules"));
  putPackage(join(path, "node_modules/pulumi-exoscale-ssh"));
  symlinkSync(join(root, "node_modules/@pulumi"), join(path, "node_modules/@pulumi"));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}
