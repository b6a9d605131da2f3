// A Python with Exoscale's own client, which tests the emulator. Only the tests need it.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { print } from "../process/say.mjs";
import { root } from "./paths.mjs";
import { environmentPython, installEnvironment } from "./virtual_environment.mjs";

/** The interpreter for the tests. A developer may set another one. */
export const PYTHON_VARIABLE = "EXOSCALE_PYTHON";

/** The API document. Every test checks requests and answers against it. */
export const DOCUMENT_VARIABLE = "EXOSCALE_OPENAPI";

const requirements = join(root, "tests", "emulator", "requirements.txt");

/** @returns {string | undefined} the interpreter that the variable names, or the installed one */
export function pythonAtHand() {
  const given = process.env[PYTHON_VARIABLE];
  if (given) return given;
  const python = environmentPython(requirements);
  return existsSync(python) ? python : undefined;
}

/** @param {string} python @returns {string | undefined} the API document in the package of the client */
export function documentOf(python) {
  const where = "import importlib.util as u; print(u.find_spec('exoscale').submodule_search_locations[0])";
  try {
    const folder = execFileSync(python, ["-c", where], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const document = join(folder.trim(), "openapi.json");
    return existsSync(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {Promise<string | undefined>} the interpreter; undefined if it cannot be installed, after printing the reason */
export async function ensurePython() {
  const atHand = pythonAtHand();
  if (atHand) return atHand;
  try {
    return await installEnvironment(requirements, "Installing Exoscale's Python client", "exoscale");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    print(`Skipping the tests that need Exoscale's Python client or its API document: ${reason}`);
    return undefined;
  }
}
