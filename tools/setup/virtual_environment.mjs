// Virtual environments of Python in the cache, each with the packages of one requirements file.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../process/run.mjs";
import { ensureCached } from "./cached.mjs";
import { findOnPath } from "./engine_installed.mjs";
import { cacheDir, hash } from "./paths.mjs";

/** @param {string} requirements the file that lists the packages @returns {string} the interpreter, which may not be installed yet */
export function environmentPython(requirements) {
  return join(cacheDir, `python-${hash(readFileSync(requirements))}`, "bin", "python");
}

/**
 * @param {string} requirements
 * @param {string} what such as "Installing Exoscale's Python client"
 * @param {string} module a Python module that has to be importable afterwards
 * @returns {Promise<string>} the interpreter
 * @throws {Error} if there is no Python, or a package cannot be installed
 */
export async function installEnvironment(requirements, what, module) {
  const python = environmentPython(requirements);
  if (existsSync(python)) return python;
  if (!findOnPath("python3")) throw new Error("there is no python3 on PATH");
  await ensureCached(join(python, "..", ".."), what, async (fresh) => {
    await mustRun("python3", ["-m", "venv", fresh]);
    // Not bin/pip: scripts contain the path of the folder, which is renamed afterwards.
    const inside = join(fresh, "bin", "python");
    await mustRun(inside, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
    await mustRun(inside, ["-c", `import ${module}`]);
  });
  return python;
}
