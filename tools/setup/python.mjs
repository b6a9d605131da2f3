// A Python with Exoscale's own client, by which the emulator is judged. Only the tests want it.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { say } from "../process/say.mjs";
import { root } from "./paths.mjs";
import { environmentPython, installEnvironment } from "./virtual_environment.mjs";

/** Names the interpreter for the tests; a developer may set it to one of their own. */
export const PYTHON_VARIABLE = "EXOSCALE_PYTHON";

/** Names the API document that every test holds the emulator and the provider against. */
export const DOCUMENT_VARIABLE = "EXOSCALE_OPENAPI";

const requirements = join(root, "tests", "emulator", "requirements.txt");

/** @returns {string | undefined} the interpreter that is named, or that is there already */
export function pythonAtHand() {
  const given = process.env[PYTHON_VARIABLE];
  if (given) return given;
  const python = environmentPython(requirements);
  return existsSync(python) ? python : undefined;
}

/** @param {string} python @returns {string | undefined} the API document, which lies in the package of the client */
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

/** @returns {Promise<string | undefined>} the interpreter; undefined where it cannot be had, which was said */
export async function findPython() {
  const atHand = pythonAtHand();
  if (atHand) return atHand;
  try {
    return await installEnvironment(requirements, "Installing Exoscale's Python client", "exoscale");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`Without Exoscale's Python client the tests against it and its API document are skipped: ${reason}`);
    return undefined;
  }
}
