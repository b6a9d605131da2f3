// A temporary directory that only this user can enter, and an environment for the commands that run in it.
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeExit } from "../process/leave.mjs";
import { nodeModules, root } from "../setup/paths.mjs";

/**
 * @typedef {object} EmptySandbox
 * @property {string} directory
 * @property {(example: string) => string} add copies a directory of examples/ into it, and returns the path of the copy
 * @property {NodeJS.ProcessEnv} environment for every command, without the caller's accounts, stacks and keys
 * @property {() => Promise<void>} remove
 *
 * @typedef {EmptySandbox & { program: string }} Sandbox `program` is the copy of the example, with its packages installed
 */

/** @param {string} example a directory below examples/ @param {string} path the PATH of every command @returns {Sandbox} */
export function createSandbox(example, path) {
  const sandbox = createEmptySandbox(path);
  return { ...sandbox, program: sandbox.add(example) };
}

/** @param {string} path the PATH of every command @returns {EmptySandbox} */
export function createEmptySandbox(path) {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-"));
  const remove = beforeExit(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  for (const name of ["examples", "state", "pulumi", "tmp"]) mkdirSync(join(directory, name));
  return {
    directory,
    add: (example) => addExample(example, join(directory, "examples", example)),
    environment: { ...callersEnvironment(), ...pulumiEnvironment(directory), PATH: path },
    remove,
  };
}

/** @param {string} example @param {string} program the path of the copy @returns {string} the same */
function addExample(example, program) {
  const original = join(root, "examples", example);
  const installed = ["node_modules", "sdks", "venv"].map((folder) => join(original, folder));
  cpSync(original, program, { recursive: true, filter: (file) => !installed.includes(file) });
  if (existsSync(join(program, "package.json"))) linkPackages(program);
  return program;
}

/** Links what `npm install` would install: the package, and the other packages that the program depends on. @param {string} program */
function linkPackages(program) {
  const manifest = JSON.parse(readFileSync(join(program, "package.json"), "utf8"));
  const dependencies = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const packages = dependencies.filter(([, version]) => !version.startsWith("file:"));
  const wanted = new Set([...packages.map(([name]) => name), "typescript"]);
  for (const name of wanted) {
    const link = join(program, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(name === "pulumi-exoscale-ssh" ? root : join(nodeModules, name), link);
  }
}

/** @param {string} directory @returns {NodeJS.ProcessEnv} keeps Pulumi's state in the directory, and Pulumi away from every server */
function pulumiEnvironment(directory) {
  return {
    // ts-node and the language host leave files in the temporary directory.
    TMPDIR: join(directory, "tmp"),
    PULUMI_HOME: join(directory, "pulumi"),
    PULUMI_BACKEND_URL: pathToFileURL(join(directory, "state")).href,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/** Variables of the caller that must not reach Pulumi: accounts, stacks, proxies, agents, npm, Node options. */
const REMOVED = /^(EXOSCALE_|PULUMI_|npm_|NODE_OPTIONS$|NODE_PATH$|SSH_|.*_proxy$)/i;

/** @returns {NodeJS.ProcessEnv} the other variables of the caller */
export function callersEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !REMOVED.test(name)));
}
