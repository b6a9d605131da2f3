// The Pulumi CLI and its language host for Node programs: found, or fetched, or built.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { beforeLeaving } from "../process/leave.mjs";
import { removeLeftovers } from "./cached.mjs";
import { buildEngine } from "./engine_build.mjs";
import { cachedEngine, engineVersion } from "./engine_cache.mjs";
import { downloadEngine } from "./engine_download.mjs";
import { findGivenEngine, findInstalledEngine, holdsEngine } from "./engine_installed.mjs";
import { withLock } from "./lock.mjs";

/**
 * @param {string} node the path of Node 24
 * @returns {Promise<string>} a directory that holds `pulumi`; `pulumi-language-nodejs` is there too or on PATH
 * @throws {Error} that says what to install
 */
export async function findEngine(node) {
  const engine = (await findGivenEngine()) ?? (await findInstalledEngine());
  if (engine) return engine;
  if (await holdsEngine(cachedEngine)) return cachedEngine;
  return withLock(`${cachedEngine}.lock`, "getting the Pulumi engine", async () => {
    if (!(await holdsEngine(cachedEngine))) await fillCache(node);
    return cachedEngine;
  });
}

/** The engine is made beside its place and moved there when it is whole and answers. @param {string} node */
async function fillCache(node) {
  removeLeftovers(cachedEngine);
  const fresh = `${cachedEngine}.fresh-${process.pid}`;
  const clean = beforeLeaving(() => rmSync(fresh, { recursive: true, force: true }));
  try {
    mkdirSync(fresh, { recursive: true });
    if (!(await downloadEngine(engineVersion, fresh, node))) await buildEngine(fresh);
    if (!(await holdsEngine(fresh))) throw new Error(`The Pulumi engine in ${fresh} does not answer "pulumi version".`);
    rmSync(cachedEngine, { recursive: true, force: true });
    renameSync(fresh, cachedEngine);
  } finally {
    await clean();
  }
}
