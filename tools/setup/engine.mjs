// Finds the Pulumi CLI and its language host for Node programs, or downloads them, or builds them.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { beforeExit } from "../process/leave.mjs";
import { removeLeftovers } from "./cached.mjs";
import { buildEngine } from "./engine_build.mjs";
import { cachedEngine, engineVersion } from "./engine_cache.mjs";
import { downloadEngine } from "./engine_download.mjs";
import { findGivenEngine, findInstalledEngine, hasEngine } from "./engine_installed.mjs";
import { withLock } from "./lock.mjs";

/**
 * @param {string} node the path of Node 24
 * @returns {Promise<string>} the directory of `pulumi`; `pulumi-language-nodejs` is in it too, or on PATH
 * @throws {Error} with what to install
 */
export async function ensureEngine(node) {
  const engine = (await findGivenEngine()) ?? (await findInstalledEngine());
  if (engine) return engine;
  if (await hasEngine(cachedEngine)) return cachedEngine;
  return withLock(`${cachedEngine}.lock`, "installing the Pulumi engine", async () => {
    if (!(await hasEngine(cachedEngine))) await fillCache(node);
    return cachedEngine;
  });
}

/** Fills a temporary directory, and renames it when the engine in it answers. @param {string} node */
async function fillCache(node) {
  removeLeftovers(cachedEngine);
  const fresh = `${cachedEngine}.fresh-${process.pid}`;
  const clean = beforeExit(() => rmSync(fresh, { recursive: true, force: true }));
  try {
    mkdirSync(fresh, { recursive: true });
    if (!(await downloadEngine(engineVersion, fresh, node))) await buildEngine(fresh);
    if (!(await hasEngine(fresh))) throw new Error(`The Pulumi engine in ${fresh} does not answer "pulumi version".`);
    rmSync(cachedEngine, { recursive: true, force: true });
    renameSync(fresh, cachedEngine);
  } finally {
    await clean();
  }
}
