// A Python with Pulumi's library, for the SDK and programs in Python.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/paths.mjs";
import { environmentPython, installEnvironment } from "../setup/virtual_environment.mjs";

/** Names the interpreter for the tests; a developer may set it to one of their own. */
export const PULUMI_PYTHON_VARIABLE = "PULUMI_EXOSCALE_SSH_PYTHON";

const requirements = join(root, "tools", "sdks", "requirements.txt");

/** @returns {string | undefined} the interpreter that is named, or that is there already */
export function pulumiPythonAtHand() {
  const given = process.env[PULUMI_PYTHON_VARIABLE];
  if (given) return given;
  const python = environmentPython(requirements);
  return existsSync(python) ? python : undefined;
}

/** @returns {Promise<string>} the interpreter @throws {Error} when it cannot be had */
export async function ensurePulumiPython() {
  return pulumiPythonAtHand() ?? (await installEnvironment(requirements, "Installing Pulumi for Python", "pulumi"));
}
