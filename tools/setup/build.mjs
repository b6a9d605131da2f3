// The compiled package in dist/, which programs import and which the demo runs.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { bundlePlugin, PROGRAM } from "../dist/bundle.mjs";
import { beforeExit } from "../process/leave.mjs";
import { mustRun } from "../process/run.mjs";
import { step } from "../process/say.mjs";
import { withLock } from "./lock.mjs";
import { checkoutLock, hash, nodeModules, root } from "./paths.mjs";

const dist = join(root, "dist");
/** Files that npm makes executable. */
const programs = [join(dist, "emulator", "cli.js"), join(dist, "plugin", PROGRAM)];
const stamp = join(nodeModules, ".cache", "pulumi-exoscale-ssh", "built-from");

/**
 * Compiles the sources, unless dist/ was compiled from the same ones.
 *
 * @param {string} node
 */
export async function build(node) {
  if (isBuilt(hashOfSources())) return;
  await withLock(checkoutLock, "compiling the sources", async () => {
    const sources = hashOfSources();
    if (!isBuilt(sources)) await step("Compiling the sources", () => compile(node, sources));
  });
}

/** @param {string} node @param {string} sources */
async function compile(node, sources) {
  const fresh = join(dist, `.fresh-${process.pid}`);
  const clean = beforeExit(() => rmSync(fresh, { recursive: true, force: true }));
  try {
    const tsc = join(nodeModules, "typescript", "bin", "tsc");
    const flags = ["-p", "tsconfig.build.json", "--noEmitOnError", "--outDir", fresh];
    await mustRun(node, [tsc, ...flags], { cwd: root });
    await bundlePlugin(join(fresh, "plugin"));
    moveIntoDist(fresh);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, sources);
  } finally {
    await clean();
  }
}

/**
 * Replaces file by file, each with one rename: a program that is running from dist/ never misses a file.
 *
 * @param {string} fresh
 */
function moveIntoDist(fresh) {
  const files = filesBelow(fresh);
  for (const file of files) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    renameSync(join(fresh, file), join(dist, file));
  }
  const known = new Set(files);
  for (const old of filesBelow(dist)) if (!known.has(old) && !old.startsWith(".fresh-")) rmSync(join(dist, old));
  for (const program of programs) chmodSync(program, 0o755);
}

/** @param {string} sources */
function isBuilt(sources) {
  return (
    programs.every((program) => existsSync(program)) && existsSync(stamp) && readFileSync(stamp, "utf8") === sources
  );
}

function hashOfSources() {
  const settings = ["tsconfig.json", "tsconfig.build.json", "package.json", "package-lock.json", "schema.json"];
  const sources = ["provider", "emulator", "tools/dist"].flatMap((folder) =>
    filesBelow(join(root, folder)).map((file) => join(folder, file)),
  );
  return hash(...[...settings, ...sources.sort()].flatMap((file) => [file, readFileSync(join(root, file))]));
}

/** @param {string} directory @returns {string[]} paths relative to it */
function filesBelow(directory) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}
