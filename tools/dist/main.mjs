// A program: makes what is published, into release/. Its arguments name the targets of executables.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeLeaving, runMain } from "../process/leave.mjs";
import { say, step } from "../process/say.mjs";
import { root } from "../setup/paths.mjs";
import { archive } from "./archive.mjs";
import { BUNDLE, NOTICES, PROGRAM } from "./bundle.mjs";
import { makeExecutable } from "./executable.mjs";
import { NODE_VERSION, targets } from "./node_program.mjs";
import { packNpmPackage } from "./npm_package.mjs";

/** What `sha256sum --check` reads. */
const CHECKSUMS = "SHA256SUMS";

const release = join(root, "release");
const plugin = join(root, "dist", "plugin");

await runMain(async () => {
  await distribute(process.argv.slice(2));
  return 0;
});

/** @param {string[]} wanted names of targets; without one, all of them */
async function distribute(wanted) {
  if (process.versions.node !== NODE_VERSION) {
    throw new Error(`Releases are made with Node ${NODE_VERSION} of the npm package \`node\`, not ${process.version}.`);
  }
  const chosen = wanted.length > 0 ? wanted.map(targetNamed) : targets;
  rmSync(release, { recursive: true, force: true });
  mkdirSync(release);
  const work = mkdtempSync(join(tmpdir(), "exoscale-ssh-dist-"));
  const clean = beforeLeaving(() => rmSync(work, { recursive: true, force: true }));
  try {
    await step("Packing the npm package", () => packNpmPackage(release, join(work, "npm")));
    for (const target of chosen) {
      await step(`Making the executable for ${target.name}`, () => packExecutable(target, join(work, target.name)));
    }
    writeChecksums();
  } finally {
    await clean();
  }
}

/** @param {string} name */
function targetNamed(name) {
  const target = targets.find((candidate) => candidate.name === name);
  if (target) return target;
  throw new Error(
    `There is no "${name}". Name some of: ${targets.map((each) => each.name).join(", ")}; or none, for all.`,
  );
}

/** @param {import("./node_program.mjs").Target} target @param {string} work */
async function packExecutable(target, work) {
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
  await archive(file, entries, join(work, "staging"));
}

function writeChecksums() {
  const files = readdirSync(release).sort();
  const lines = files.map((file) => `${sha256(join(release, file))}  ${file}\n`);
  writeFileSync(join(release, CHECKSUMS), lines.join(""));
  for (const file of files) say(`release/${file}  ${(statSync(join(release, file)).size / 1e6).toFixed(1)} MB`);
  say(`release/${CHECKSUMS}`);
}

/** @param {string} file */
function sha256(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** @returns {string} */
function version() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}
