// A program: writes what is published to release/, or to the folder of --into. Its other arguments name the targets of
// executables.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { beforeExit, runMain } from "../process/leave.mjs";
import { print, step } from "../process/say.mjs";
import { root } from "../setup/paths.mjs";
import { writeArchive } from "./archive.mjs";
import { BUNDLE, NOTICES, PROGRAM } from "./bundle.mjs";
import { makeExecutable } from "./executable.mjs";
import { NODE_VERSION, targets } from "./node_program.mjs";
import { packNpmPackage } from "./npm_package.mjs";

/** For `sha256sum --check`. */
const CHECKSUMS = "SHA256SUMS";

const plugin = join(root, "dist", "plugin");

await runMain(async () => {
  const { values, positionals } = parseArgs({ options: { into: { type: "string" } }, allowPositionals: true });
  await makeRelease(positionals, values.into === undefined ? emptyReleaseFolder() : resolve(values.into));
  return 0;
});

/** @param {string[]} wanted names of targets; empty for all @param {string} release an empty directory */
async function makeRelease(wanted, release) {
  if (process.versions.node !== NODE_VERSION) {
    throw new Error(
      `Releases are made with Node ${NODE_VERSION}; this is ${process.version}. Use "npm run dist", which runs that Node.`,
    );
  }
  const chosen = wanted.length > 0 ? wanted.map(findTarget) : targets;
  mkdirSync(release, { recursive: true });
  if (readdirSync(release).length > 0) throw new Error(`${release} is not empty. Name an empty directory.`);
  const work = mkdtempSync(join(tmpdir(), "exoscale-ssh-dist-"));
  const clean = beforeExit(() => rmSync(work, { recursive: true, force: true }));
  try {
    await step("Packing the npm package", () => packNpmPackage(release, join(work, "npm")));
    for (const target of chosen) {
      await step(`Making the executable for ${target.name}`, () =>
        packExecutable(target, release, join(work, target.name)),
      );
    }
    writeChecksums(release);
  } finally {
    await clean();
  }
}

/** @returns {string} the directory of releases, emptied */
function emptyReleaseFolder() {
  const release = join(root, "release");
  rmSync(release, { recursive: true, force: true });
  return release;
}

/** @param {string} name */
function findTarget(name) {
  const target = targets.find((candidate) => candidate.name === name);
  if (target) return target;
  throw new Error(
    `There is no target "${name}". Name some of: ${targets.map((each) => each.name).join(", ")}. Without a name all are made.`,
  );
}

/** @param {import("./node_program.mjs").Target} target @param {string} release @param {string} work */
async function packExecutable(target, release, work) {
  mkdirSync(work);
  const { program, licence } = await makeExecutable(target, join(plugin, BUNDLE), work);
  const notices = join(work, NOTICES);
  const rule = "-".repeat(100);
  writeFileSync(notices, `${readFileSync(join(plugin, NOTICES), "utf8")}${rule}\nNode.js\n\n${licence}`);
  const file = join(release, `${PROGRAM}-v${version()}-${target.name}.tar.gz`);
  const entries = [
    { from: program, to: PROGRAM, program: true },
    { from: join(root, "LICENSE"), to: "LICENSE" },
    { from: notices, to: NOTICES },
  ];
  await writeArchive(file, entries, join(work, "staging"));
}

/** @param {string} release */
function writeChecksums(release) {
  const files = readdirSync(release).sort();
  const lines = files.map((file) => `${sha256(join(release, file))}  ${file}\n`);
  writeFileSync(join(release, CHECKSUMS), lines.join(""));
  const shown = (/** @type {string} */ file) => relative("", join(release, file));
  for (const file of files) print(`${shown(file)}  ${(statSync(join(release, file)).size / 1e6).toFixed(1)} MB`);
  print(shown(CHECKSUMS));
}

/** @param {string} file */
function sha256(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** @returns {string} */
function version() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}
