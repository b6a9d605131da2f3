// Pulumi's language hosts for YAML, Python and Go. Only the tests need them.
import { chmodSync, copyFileSync, existsSync, readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { print } from "../process/say.mjs";
import { ensureCached } from "./cached.mjs";
import { findOnPath } from "./engine_installed.mjs";
import { buildModule, runGo, whyNoGo } from "./go_build.mjs";
import { readGoModule } from "./go_module.mjs";
import { cacheDir, hash } from "./paths.mjs";

const modules = ["pulumi-language-yaml", "pulumi-language-python", "pulumi-language-go"].map(readGoModule);

/** The host for Python starts this script, which has to be beside it. */
const PYTHON_EXEC = "pulumi-language-python-exec";
const programs = [...modules.map(({ name }) => name), PYTHON_EXEC];

const home = join(cacheDir, `language-hosts-${platform()}-${arch()}-${hashOfModules()}`);

/** @returns {string | undefined} the directory of the hosts, if they were built before */
export function builtHosts() {
  return existsSync(home) ? home : undefined;
}

/**
 * @param {string} engine the directory of the Pulumi CLI
 * @returns {Promise<string | undefined>} the directory of the hosts; undefined if they cannot be installed, after printing the reason
 */
export async function ensureLanguageHosts(engine) {
  // Pulumi's release has all of them.
  if (programs.every((program) => existsSync(join(engine, program)) || findOnPath(program))) return engine;
  if (builtHosts()) return home;
  try {
    const obstacle = await whyNoGo();
    if (obstacle) throw new Error(`the Pulumi CLI in ${engine} has none, and ${obstacle}`);
    return await ensureCached(home, "Building Pulumi's language hosts for YAML, Python and Go", buildAll);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    print(`Skipping the tests of YAML, Python and Go programs, which need Pulumi's language hosts: ${reason}`);
    return undefined;
  }
}

/** @param {string} directory @param {(now: string) => void} progress */
async function buildAll(directory, progress) {
  for (const module of modules) {
    await buildModule(module, join(directory, module.name), (now) => progress(`${module.name}: ${now}`));
    if (module.name === "pulumi-language-python") await copyPythonExec(module, directory);
  }
}

/** @param {import("./go_module.mjs").GoModule} module @param {string} directory */
async function copyPythonExec(module, directory) {
  const folder = (await runGo(["list", "-f", "{{.Dir}}", module.package], module)).trim();
  copyFileSync(join(folder, "..", PYTHON_EXEC), join(directory, PYTHON_EXEC));
  chmodSync(join(directory, PYTHON_EXEC), 0o755);
}

function hashOfModules() {
  return hash(
    ...modules.flatMap(({ directory }) => ["go.mod", "go.sum"].map((file) => readFileSync(join(directory, file)))),
  );
}
