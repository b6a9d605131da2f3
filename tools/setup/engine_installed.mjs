// An engine that the user has already.
import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { beforeLeaving } from "../process/leave.mjs";
import { run } from "../process/run.mjs";
import { say } from "../process/say.mjs";
import { isAtLeast } from "./versions.mjs";

/** Older engines do not show drift in dynamic resources: their `read` may return no inputs. */
export const LEAST_ENGINE = "3.216.0";

/** Names the directory of an engine to use instead of any other; set for the tests and the demo as well. */
export const ENGINE_VARIABLE = "PULUMI_EXOSCALE_SSH_ENGINE_DIR";

const LANGUAGE_HOST = "pulumi-language-nodejs";

/** @returns {Promise<string | undefined>} the directory that the user names */
export async function findGivenEngine() {
  const directory = process.env[ENGINE_VARIABLE];
  if (!directory) return undefined;
  if (await holdsEngine(directory)) return directory;
  throw new Error(
    `${ENGINE_VARIABLE} is ${directory}, which holds no pulumi >= ${LEAST_ENGINE} with ${LANGUAGE_HOST}.`,
  );
}

/** @returns {Promise<string | undefined>} the directory of the `pulumi` on PATH, if it serves */
export async function findInstalledEngine() {
  const found = onPath("pulumi");
  if (!found) return undefined;
  // A package manager's link: the language hosts lie beside the real file.
  const candidates = [dirname(found), dirname(realpathSync(found))];
  for (const directory of candidates) if (await holdsEngine(directory)) return directory;
  say(`The installed ${found} is older than ${LEAST_ENGINE} or has no ${LANGUAGE_HOST}: not used.`);
  return undefined;
}

/** @param {string} directory @returns {Promise<boolean>} */
export async function holdsEngine(directory) {
  const pulumi = join(directory, "pulumi");
  if (!isExecutable(pulumi) || !(isExecutable(join(directory, LANGUAGE_HOST)) || onPath(LANGUAGE_HOST))) return false;
  // Even this writes a log into its home.
  const home = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-version-"));
  const clean = beforeLeaving(() => rmSync(home, { recursive: true, force: true }));
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: home };
    const { code, stdout } = await run(pulumi, ["version"], { env, timeoutMs: 60_000 });
    return code === 0 && isAtLeast(stdout, LEAST_ENGINE);
  } finally {
    await clean();
  }
}

/** @param {string} name @returns {string | undefined} */
export function onPath(name) {
  const directories = (process.env["PATH"] ?? "").split(delimiter).filter((directory) => directory !== "");
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
