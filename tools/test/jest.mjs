// Every test, on Node 24, with the engine at hand.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "../process/hand_over.mjs";
import { beforeExit } from "../process/leave.mjs";
import { ENGINE_VARIABLE } from "../setup/engine_installed.mjs";
import { nodeModules, root } from "../setup/paths.mjs";
import { PYTHON_VARIABLE } from "../setup/python.mjs";
import { tallyOf } from "./tally.mjs";

/**
 * @param {import("../setup/set_up.mjs").Toolchain & { python: string | undefined, sdks: Record<string, string> }} toolchain
 * @param {string[]} args
 * @returns {Promise<import("./tally.mjs").Tally>}
 */
export async function runJest({ node, engine, path, python, sdks }, args) {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-jest-"));
  const clean = beforeExit(() => rmSync(directory, { recursive: true, force: true }));
  const report = join(directory, "report.json");
  const jest = join(nodeModules, "jest", "bin", "jest.js");
  // After a failure the Automation API leaves a server open that would keep jest from ending.
  const flags = ["--forceExit", "--json", "--outputFile", report];
  const env = {
    ...process.env,
    ...sdks,
    PATH: path,
    [ENGINE_VARIABLE]: engine,
    ...(python && { [PYTHON_VARIABLE]: python }),
  };
  const code = await runInForeground(node, [jest, ...flags, ...args], { cwd: root, env });
  const tally = tallyOf(existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined, code);
  await clean();
  return tally;
}
