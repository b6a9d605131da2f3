// Finds an engine that the user has installed.
import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { beforeExit } from "../process/leave.mjs";
import { run } from "../process/run.mjs";
import { print } from "../process/say.mjs";
import { isAtLeast } from "./versions.mjs";

/** Older engines do not show drift in dynamic resources: their `read` may return no inputs. */
export const MIN_ENGINE_VERSION = "3.216.0";

/** The directory of the engine to use. It is also set for the tests and the demo. */
export const ENGINE_VARIABLE = "PULUMI_EXOSCALE_SSH_ENGINE_DIR";

const LANGUAGE_HOST = "pulumi-language-nodejs";

/** @returns {Promise<string | undefined>} the directory that the variable names */
export async function findGivenEngine() {
  const directory = process.env[ENGINE_VARIABLE];
  if (!directory) return undefined;
  if (await hasEngine(directory)) return directory;
  throw new Error(
    `${ENGINE_VARIABLE} is ${directory}, which has no pulumi >= ${MIN_ENGINE_VERSION} with ${LANGUAGE_HOST}.`,
  );
}

/** @returns {Promise<string | undefined>} the directory of the `pulumi` on PATH, if it can be used */
export async function findInstalledEngine() {
  const found = findOnPath("pulumi");
  if (!found) return undefined;
  // It may be a link of a package manager: the language hosts are beside the real file.
  const candidates = [dirname(found), dirname(realpathSync(found))];
  for (const directory of candidates) if (await hasEngine(directory)) return directory;
  print(`Not using ${found}: it is older than ${MIN_ENGINE_VERSION}, or ${LANGUAGE_HOST} is missing.`);
  return undefined;
}

/** @param {string} directory @returns {Promise<boolean>} */
export async function hasEngine(directory) {
  const pulumi = join(directory, "pulumi");
  if (!isExecutable(pulumi) || !(isExecutable(join(directory, LANGUAGE_HOST)) || findOnPath(LANGUAGE_HOST)))
    return false;
  // `pulumi version` writes a log into its home, too.
  const home = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-version-"));
  const clean = beforeExit(() => rmSync(home, { recursive: true, force: true }));
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: home };
    const { code, stdout } = await run(pulumi, ["version"], { env, timeoutMs: 60_000 });
    return code === 0 && isAtLeast(stdout, MIN_ENGINE_VERSION);
  } finally {
    await clean();
  }
}

/** @param {string} name @returns {string | undefined} */
export function findOnPath(name) {
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
