// `npm run simulate`: everything that can go wrong once, in every scenario of tests/simulation, and what was found.
// `npm run simulate -- --seed 7 -t "create 3"`: with other random numbers; what follows goes to jest.
// `npm run simulate -- --pairs 100000`: with more pairs of faults. `-- --page`: docs/reliability.md gets the table.
// `npm run simulate -- --mutants`: whether each mistake of mutants.json in the provider is found, and how soon.
// `npm run simulate -- --engine 30`: no simulation. Kills Pulumi, its provider or both in 30 runs, at random moments.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printTable } from "../bench/figures.mjs";
import { runInForeground } from "./process/hand_over.mjs";
import { beforeExit, runMain } from "./process/leave.mjs";
import { print } from "./process/say.mjs";
import { build } from "./setup/build.mjs";
import { root } from "./setup/paths.mjs";
import { setUp } from "./setup/set_up.mjs";
import { simulationTable, writePage } from "./simulation_table.mjs";

/** @typedef {import("./simulation_table.mjs").Verdict} Verdict */
/** @typedef {{ front: string, run: number, how: string, wrong: string[], left: string[] }} KilledRun */

const jest = join(root, "node_modules", "jest", "bin", "jest.js");
const chosen = ["--selectProjects", "unit", "--testPathPatterns", "tests/simulation/"];

await runMain(async () => {
  const { seed, killed, pairs, areMutantsMeant, isPageMeant, rest } = readArguments(process.argv.slice(2));
  const { node, path } = await setUp();
  const env = { ...process.env, PATH: path, SIMULATION_SEED: seed, SIMULATION_ALL: "1" };
  if (killed !== undefined) return await killRuns(node, { ...env, KILLED_RUNS: killed, KILLED_RUNS_SEED: seed }, rest);
  if (pairs !== undefined) Object.assign(env, { SIMULATION_PAIRS: pairs });
  return areMutantsMeant ? findMutants(node, env, rest) : await simulate(node, env, isPageMeant, rest);
});

/** @param {string[]} args */
function readArguments(args) {
  const rest = [...args];
  const seed = takeNumber(rest, "--seed") ?? "1";
  const killed = takeNumber(rest, "--engine");
  const pairs = takeNumber(rest, "--pairs");
  const [areMutantsMeant, isPageMeant] = [rest.includes("--mutants"), rest.includes("--page")];
  const isFlag = (/** @type {string} */ each) => each === "--mutants" || each === "--page";
  return { seed, killed, pairs, areMutantsMeant, isPageMeant, rest: rest.filter((each) => !isFlag(each)) };
}

/** Takes an option and its number out of the arguments. @param {string[]} args @param {string} option */
function takeNumber(args, option) {
  const at = args.indexOf(option);
  if (at < 0) return undefined;
  const [, number = ""] = args.splice(at, 2);
  if (!/^\d{1,9}$/.test(number)) throw new Error(`${option} is "${number}". Give a whole number.`);
  return number;
}

/**
 * Kills runs of the real engine on the emulator, prints each, and what was found after the next run.
 *
 * @param {string} node @param {NodeJS.ProcessEnv} env @param {string[]} rest
 */
async function killRuns(node, env, rest) {
  await build(node);
  const report = newReport();
  const before = performance.now();
  /** @type {KilledRun[]} */
  const runs = [];
  const printNew = () => {
    for (const run of linesOf(report).slice(runs.length).map(parseRun)) {
      runs.push(run);
      print(describeRun(run));
    }
  };
  const timer = setInterval(printNew, 1_000);
  const args = [jest, "--selectProjects", "e2e", "--testPathPatterns", "tests/e2e/killed_runs", ...rest];
  const code = await runInForeground(node, args, { cwd: root, env: { ...env, KILLED_RUNS_REPORT: report } });
  clearInterval(timer);
  printNew();
  const bad = runs.filter(({ wrong }) => wrong.length > 0).length;
  const left = runs.filter((run) => run.left.length > 0).length;
  const late = runs.filter(({ how }) => how.endsWith("too late")).length;
  print(
    `${runs.length} runs killed, ${late} of them too late, after ${bad} something was wrong, ${left} left a key or a ` +
      `group that no state has, and the next run named it; seed ${env["KILLED_RUNS_SEED"]}, ${secondsSince(before)} s`,
  );
  return code;
}

/** @param {KilledRun} run */
function describeRun({ front, run, how, wrong, left }) {
  const leftBehind = left.length > 0 ? `, named: ${left.join(", ")}` : "";
  return `${front} ${run}: ${how}: ${wrong.length > 0 ? `WRONG: ${wrong.join("; ")}` : "all is well"}${leftBehind}`;
}

/** A file for what the tests report, which is removed in the end. */
function newReport() {
  const folder = mkdtempSync(join(tmpdir(), "exoscale-ssh-simulation-"));
  beforeExit(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "report.jsonl");
}

/** The lines that are complete. @param {string} file */
function linesOf(file) {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

/** @param {string} node @param {NodeJS.ProcessEnv} env @param {boolean} isPageMeant @param {string[]} rest */
async function simulate(node, env, isPageMeant, rest) {
  const report = newReport();
  const before = performance.now();
  const args = [jest, ...chosen, ...rest];
  const code = await runInForeground(node, args, { cwd: root, env: { ...env, SIMULATION_REPORT: report } });
  const verdicts = linesOf(report).map(parse);
  const table = simulationTable(verdicts);
  printTable(table);
  const taken = `${verdicts.length} faults, seed ${env["SIMULATION_SEED"]}, ${secondsSince(before)} s.`;
  print(taken);
  if (code === 0 && isPageMeant) writePage(table, taken);
  return code;
}

/**
 * Makes one mistake after the other in the provider, and stops at the first fault that finds it.
 *
 * @param {string} node @param {NodeJS.ProcessEnv} env @param {string[]} rest
 */
function findMutants(node, env, rest) {
  /** @type {{ name: string }[]} */
  const mutants = JSON.parse(readFileSync(join(root, "tests", "simulation", "mutants.json"), "utf8"));
  const run = (/** @type {Record<string, string>} */ more) =>
    spawnSync(node, [jest, ...chosen, ...rest], { cwd: root, env: { ...env, ...more }, encoding: "utf8" });
  if (run({}).status !== 0) throw new Error("Without a mistake the simulation fails, too: npm run simulate");
  let missed = 0;
  for (const { name } of mutants) {
    const before = performance.now();
    const { status, stderr } = run({ SIMULATION_MUTANT: name });
    const [, found] = /^ *● (.+)$/m.exec(stderr) ?? [];
    if (status !== 0 && (!found || found === "Test suite failed to run")) {
      throw new Error(`The mistake "${name}" cannot be made:\n${stderr}`);
    }
    if (!found) missed += 1;
    const seconds = secondsSince(before);
    print(found ? `found   ${name}: "${found}" (${seconds} s)` : `MISSED  ${name} (${seconds} s)`);
  }
  print(`${mutants.length - missed} of ${mutants.length} mistakes found`);
  return missed > 0 ? 1 : 0;
}

/** @param {number} before */
function secondsSince(before) {
  return ((performance.now() - before) / 1000).toFixed(0);
}

/** @param {string} line @returns {Verdict} */
function parse(line) {
  return JSON.parse(line);
}

/** @param {string} line @returns {KilledRun} */
function parseRun(line) {
  return JSON.parse(line);
}
