// The plugin as one program that needs nothing but the C library: Node's "single executable application".
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../process/run.mjs";
import { nodeModules } from "../setup/paths.mjs";
import { PROGRAM } from "./bundle.mjs";
import { fetchNode } from "./node_program.mjs";
import { stripElf } from "./strip_elf.mjs";

/** Node's documentation prescribes it. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** The heap stays small. While 500 resources are read at once, V8 would let it grow by 40 MB more, and be no faster. */
const FLAGS = ["--max-semi-space-size=2", "--optimize-for-size"];

/**
 * @param {import("./node_program.mjs").Target} target
 * @param {string} bundle the plugin as one file
 * @param {string} directory is made
 * @returns {Promise<{ program: string, licence: string }>} the executable, and the text of Node's licence
 */
export async function makeExecutable(target, bundle, directory) {
  const node = await fetchNode(target, join(directory, "node"));
  const program = join(directory, PROGRAM);
  writeFileSync(program, stripElf(readFileSync(node.program)), { mode: 0o755 });
  const blob = await makeBlob(target, bundle, directory, node.program);
  const postject = join(nodeModules, "postject", "dist", "cli.js");
  await mustRun(process.execPath, [postject, program, "NODE_SEA_BLOB", blob, "--sentinel-fuse", FUSE]);
  return { program, licence: node.licence };
}

/**
 * Compiled code is put in for the machine that we are on: no other machine's Node runs here to compile it. Its start is
 * a third shorter.
 *
 * @param {import("./node_program.mjs").Target} target
 * @param {string} bundle
 * @param {string} directory
 * @param {string} node of the target
 */
async function makeBlob({ platform, arch }, bundle, directory, node) {
  const useCodeCache = platform === process.platform && arch === process.arch;
  // By names without a directory: compiled code remembers where its source was.
  writeFileSync(join(directory, "main.cjs"), readFileSync(bundle));
  const config = {
    main: "main.cjs",
    output: "blob",
    useCodeCache,
    disableExperimentalSEAWarning: true,
    execArgv: FLAGS,
    // NODE_OPTIONS is for the user's own programs; what it requires is not in this one.
    execArgvExtension: "none",
  };
  writeFileSync(join(directory, "sea.json"), JSON.stringify(config));
  // V8 may refuse what was compiled under other flags than it runs under.
  // It numbers what it compiles with a seed of its own; without a given one each run makes other bytes.
  const flags = [...FLAGS, "--random-seed=1", "--experimental-sea-config", "sea.json"];
  await mustRun(useCodeCache ? node : process.execPath, flags, { cwd: directory, env: {} });
  return join(directory, "blob");
}
