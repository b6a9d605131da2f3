// `npm run simulate`: everything that can go wrong once, in every scenario of tests/simulation, and what was found.
// `npm run simulate -- --seed 7 -t "create 3"`: with other random numbers; what follows goes to jest.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "./process/hand_over.mjs";
import { beforeExit, runMain } from "./process/leave.mjs";
import { print } from "./process/say.mjs";
import { root } from "./setup/paths.mjs";
import { setUp } from "./setup/set_up.mjs";

/** @typedef {{ scenario: string, fault: { fault: string }, effect: string, wrong: string[], left: string[] }} Verdict */

await runMain(async () => {
  const { seed, rest } = readSeed(process.argv.slice(2));
  const { node, path } = await setUp();
  const folder = mkdtempSync(join(tmpdir(), "exoscale-ssh-simulation-"));
  beforeExit(() => rmSync(folder, { recursive: true, force: true }));
  const report = join(folder, "verdicts.jsonl");
  const before = performance.now();
  const jest = join(root, "node_modules", "jest", "bin", "jest.js");
  const args = [jest, "--selectProjects", "unit", "--testPathPatterns", "tests/simulation/", ...rest];
  const env = { ...process.env, PATH: path, SIMULATION_SEED: seed, SIMULATION_REPORT: report };
  const code = await runInForeground(node, args, { cwd: root, env });
  const verdicts = existsSync(report) ? readFileSync(report, "utf8").trim().split("\n").map(parse) : [];
  printTable(verdicts);
  const bad = verdicts.filter(({ wrong }) => wrong.length > 0).length;
  const left = verdicts.filter((verdict) => verdict.left.length > 0).length;
  const seconds = ((performance.now() - before) / 1000).toFixed(0);
  print(
    `${verdicts.length} faults, ${bad} did harm, ${left} left a key or a group that no state has; seed ${seed}, ${seconds} s`,
  );
  return code;
});

/** @param {string[]} args */
function readSeed(args) {
  const at = args.indexOf("--seed");
  if (at < 0) return { seed: "1", rest: args };
  const [, seed = ""] = args.splice(at, 2);
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`--seed is "${seed}". Give a whole number.`);
  return { seed, rest: args };
}

/** @param {string} line @returns {Verdict} */
function parse(line) {
  return JSON.parse(line);
}

/** How many faults of each kind each scenario has met, and how many did harm. @param {Verdict[]} verdicts */
function printTable(verdicts) {
  const scenarios = [...new Set(verdicts.map(({ scenario }) => scenario))].sort();
  const faults = [...new Set(verdicts.map(({ fault }) => fault.fault))];
  const width = Math.max(0, ...faults.map(({ length }) => length));
  print(["".padEnd(width), ...scenarios.map((name) => name.padStart(11))].join(" "));
  for (const fault of faults) {
    const cells = scenarios.map((scenario) => {
      const met = verdicts.filter((verdict) => verdict.scenario === scenario && verdict.fault.fault === fault);
      const bad = met.filter(({ wrong }) => wrong.length > 0).length;
      return (bad > 0 ? `${bad} of ${met.length}!` : String(met.length)).padStart(11);
    });
    print([fault.padEnd(width), ...cells].join(" "));
  }
}
