// Virtual environments of Python, in the cache, each with the packages of one list.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../process/run.mjs";
import { cached } from "./cached.mjs";
import { onPath } from "./engine_installed.mjs";
import { cacheDir, hash } from "./paths.mjs";

/** @param {string} requirements the file that lists the packages @returns {string} the interpreter, there or not yet */
export function environmentPython(requirements) {
  return join(cacheDir, `python-${hash(readFileSync(requirements))}`, "bin", "python");
}

/**
 * @param {string} requirements
 * @param {string} what such as "Installing Exoscale's Python client"
 * @param {string} module of Python, that has to be there afterwards
 * @returns {Promise<string>} the interpreter
 * @throws {Error} when there is no Python, or a package cannot be had
 */
export async function installEnvironment(requirements, what, module) {
  const python = environmentPython(requirements);
  if (existsSync(python)) return python;
  if (!onPath("python3")) throw new Error("there is no python3 on PATH");
  await cached(join(python, "..", ".."), what, async (fresh) => {
    await mustRun("python3", ["-m", "venv", fresh]);
    // By the interpreter: other programs in it know the folder that it was made in, and it is moved.
    const inside = join(fresh, "bin", "python");
    await mustRun(inside, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
    await mustRun(inside, ["-c", `import ${module}`]);
  });
  return python;
}
