// A Python with Pulumi's library, for the SDK and programs in Python.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/paths.mjs";
import { environmentPython, installEnvironment } from "../setup/virtual_environment.mjs";

/** The interpreter for the tests. A developer may set another one. */
export const PULUMI_PYTHON_VARIABLE = "PULUMI_EXOSCALE_SSH_PYTHON";

const requirements = join(root, "tools", "sdks", "requirements.txt");

/** @returns {string | undefined} the interpreter that the variable names, or the installed one */
export function pulumiPythonAtHand() {
  const given = process.env[PULUMI_PYTHON_VARIABLE];
  if (given) return given;
  const python = environmentPython(requirements);
  return existsSync(python) ? python : undefined;
}

/** @returns {Promise<string>} the interpreter @throws {Error} if it cannot be installed */
export async function ensurePulumiPython() {
  return pulumiPythonAtHand() ?? (await installEnvironment(requirements, "Installing Pulumi for Python", "pulumi"));
}
