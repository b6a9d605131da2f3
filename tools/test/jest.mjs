// Every test, on Node 24, with the engine at hand.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { handOver } from "../process/hand_over.mjs";
import { beforeLeaving } from "../process/leave.mjs";
import { ENGINE_VARIABLE } from "../setup/engine_installed.mjs";
import { nodeModules, root } from "../setup/paths.mjs";
import { PYTHON_VARIABLE } from "../setup/python.mjs";
import { tallyOf } from "./tally.mjs";

/**
 * @typedef {object} Extras what only tests want
 * @property {string | undefined} hosts the directory of the language hosts for YAML, Python and Go
 * @property {string | undefined} python the interpreter that has Exoscale's client
 * @property {Record<string, string>} sdks variables that name other versions of @pulumi/pulumi
 */

/**
 * @param {import("../setup/set_up.mjs").Kit & Extras} kit
 * @param {string[]} args
 * @returns {Promise<import("./tally.mjs").Tally>}
 */
export async function runJest({ node, engine, path, hosts, python, sdks }, args) {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-jest-"));
  const clean = beforeLeaving(() => rmSync(directory, { recursive: true, force: true }));
  const report = join(directory, "report.json");
  const jest = join(nodeModules, "jest", "bin", "jest.js");
  // After a failure the Automation API leaves a server open that would keep jest from ending.
  const flags = ["--forceExit", "--json", "--outputFile", report];
  const env = {
    ...process.env,
    ...sdks,
    // Last: where Pulumi has its own, those beside it are used.
    PATH: hosts ? `${path}${delimiter}${hosts}` : path,
    [ENGINE_VARIABLE]: engine,
    ...(python && { [PYTHON_VARIABLE]: python }),
  };
  const code = await handOver(node, [jest, ...flags, ...args], { cwd: root, env });
  const tally = tallyOf(existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined, code);
  await clean();
  return tally;
}
