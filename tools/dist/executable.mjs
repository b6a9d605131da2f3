// Makes the plugin one program that needs only the C library: Node's "single executable application".
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../process/run.mjs";
import { nodeModules } from "../setup/paths.mjs";
import { PROGRAM } from "./bundle.mjs";
import { fetchNode } from "./node_program.mjs";
import { stripElf } from "./strip_elf.mjs";

/** The value that Node's documentation gives. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** Keep the heap small. While 500 resources are read at once, V8 would use 40 MB more, and not be faster. */
const v8Flags = ["--max-semi-space-size=2", "--optimize-for-size"];

/**
 * @param {import("./node_program.mjs").Target} target
 * @param {string} bundle the bundle of the plugin
 * @param {string} directory is created
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
 * Adds compiled code if the target is this machine, because only its Node can run here to compile it. The start is then
 * a third shorter.
 *
 * @param {import("./node_program.mjs").Target} target
 * @param {string} bundle
 * @param {string} directory
 * @param {string} node of the target
 */
async function makeBlob({ platform, arch }, bundle, directory, node) {
  const useCodeCache = platform === process.platform && arch === process.arch;
  // Names without a directory: compiled code contains the path of its source.
  writeFileSync(join(directory, "main.cjs"), readFileSync(bundle));
  const config = {
    main: "main.cjs",
    output: "blob",
    useCodeCache,
    disableExperimentalSEAWarning: true,
    execArgv: v8Flags,
    // NODE_OPTIONS is for the user's programs. A module that it requires is not in this one.
    execArgvExtension: "none",
  };
  writeFileSync(join(directory, "sea.json"), JSON.stringify(config));
  // V8 may reject code that was compiled with other flags.
  // Without a fixed seed each run makes other bytes.
  const flags = [...v8Flags, "--random-seed=1", "--experimental-sea-config", "sea.json"];
  await mustRun(useCodeCache ? node : process.execPath, flags, { cwd: directory, env: {} });
  return join(directory, "blob");
}
