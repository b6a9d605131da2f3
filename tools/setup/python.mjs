// A Python with Exoscale's own client, by which the emulator is judged. Only the tests want it.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeLeaving } from "../process/leave.mjs";
import { mustRun, run } from "../process/run.mjs";
import { say, step } from "../process/say.mjs";
import { onPath } from "./engine_installed.mjs";
import { withLock } from "./lock.mjs";
import { cacheDir, hash, root } from "./paths.mjs";

/** Names the interpreter for the tests; a developer may set it to one of their own. */
export const PYTHON_VARIABLE = "EXOSCALE_PYTHON";

const requirements = join(root, "tests", "emulator", "requirements.txt");

/** @returns {Promise<string | undefined>} the interpreter; undefined where it cannot be had, which was said */
export async function findPython() {
  const given = process.env[PYTHON_VARIABLE];
  if (given) return given;
  const home = join(cacheDir, `python-${hash(readFileSync(requirements))}`);
  const python = join(home, "bin", "python");
  if (existsSync(python)) return python;
  try {
    if (!onPath("python3")) throw new Error("there is no python3 on PATH");
    await withLock(`${home}.lock`, "installing Exoscale's Python client", async () => {
      if (!existsSync(python)) await step("Installing Exoscale's Python client", () => install(home));
    });
    return python;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`Without Exoscale's Python client one test is skipped: ${reason}`);
    return undefined;
  }
}

/** @param {string} home */
async function install(home) {
  const fresh = mkdtempSync(`${home}-`);
  const clean = beforeLeaving(() => rmSync(fresh, { recursive: true, force: true }));
  try {
    await mustRun("python3", ["-m", "venv", fresh]);
    await mustRun(join(fresh, "bin", "python"), ["-m", "pip", "install", "--quiet", "-r", requirements]);
    const { code } = await run(join(fresh, "bin", "python"), ["-c", "import exoscale, jsonschema"]);
    if (code !== 0) throw new Error("its packages cannot be imported");
    renameSync(fresh, home);
  } finally {
    await clean();
  }
}
