// The tests of a tier, on Node 24, with the engine at hand.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "../process/hand_over.mjs";
import { beforeExit } from "../process/leave.mjs";
import { print } from "../process/say.mjs";
import { ENGINE_VARIABLE } from "../setup/engine_installed.mjs";
import { nodeModules, root } from "../setup/paths.mjs";
import { PYTHON_VARIABLE } from "../setup/python.mjs";
import { tallyOf } from "./tally.mjs";

/** Tells jest.config.js which part of the tests to run: `quick`, `rest`, and otherwise both. */
const TIER_VARIABLE = "PULUMI_EXOSCALE_SSH_TEST_TIER";

/**
 * @param {import("../setup/set_up.mjs").Toolchain & { python: string | undefined, sdks: Record<string, string> }} toolchain
 * @param {import("./request.mjs").Request} request
 * @returns {Promise<import("./tally.mjs").Tally>}
 */
export async function runJest({ node, engine, path, python, sdks }, request) {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-jest-"));
  const clean = beforeExit(() => rmSync(directory, { recursive: true, force: true }));
  const report = join(directory, "report.json");
  const jest = join(nodeModules, "jest", "bin", "jest.js");
  // After a failure the Automation API leaves a server open that would keep jest from ending.
  const flags = [...projectsFor(request), ...coverageFlags(request, directory), "--forceExit", "--json"];
  const env = {
    ...process.env,
    ...sdks,
    PATH: path,
    [TIER_VARIABLE]: request.tier,
    [ENGINE_VARIABLE]: engine,
    ...(python && { [PYTHON_VARIABLE]: python }),
  };
  const code = await runInForeground(node, [jest, ...flags, "--outputFile", report, ...request.jest], {
    cwd: root,
    env,
  });
  printCoverage(directory);
  const tally = tallyOf(existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined, code);
  await clean();
  return tally;
}

/** Files that were named are run in one way each. @param {import("./request.mjs").Request} request */
function projectsFor({ tier, jest }) {
  const areProjectsChosen = jest.some((arg) => arg.startsWith("--selectProjects"));
  return tier === "chosen" && !areProjectsChosen ? ["--selectProjects", "unit", "e2e"] : [];
}

/** A part of the tests has no figure. @param {import("./request.mjs").Request} request @param {string} directory */
function coverageFlags({ tier, jest }, directory) {
  if (tier !== "all" || jest.length > 0) return [];
  return ["--coverage", "--coverageReporters", "json-summary", "--coverageDirectory", directory];
}

/** @param {string} directory */
function printCoverage(directory) {
  const file = join(directory, "coverage-summary.json");
  if (!existsSync(file)) return;
  const { lines } = JSON.parse(readFileSync(file, "utf8")).total;
  print(`Coverage of provider/ by unit tests: ${lines.pct} % of lines`);
}
