// The scenarios of the simulation, and how many faults of each kind each of them has met.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup/paths.mjs";

/** @typedef {{ scenario: string, fault: { fault: string }, effect: string, wrong: string[], left: string[], asked: number }} Verdict */

/** The columns, and the faults that each of them counts. @type {Readonly<Record<string, readonly string[]>>} */
const columns = {
  killed: ["killed before", "killed after", "engine killed"],
  network: ["connection reset", "answer lost", "network gone before", "network gone after"],
  "API refuses": ["503", "503 after acting", "429", "403"],
  "operation fails": ["operation fails", "operation fails and leaves nothing", "operation takes an hour"],
  "host or disk": ["shows another host key", "disk full"],
  "somebody else": ["somebody edits the file", "somebody puts the file back"],
};

/** The page that has the table between these lines. */
const PAGE = join(root, "docs", "reliability.md");
const BEGIN = "<!-- npm run simulate -- --page -->\n";
const END = "<!-- end of the table -->\n";

/** @param {Verdict[]} verdicts @returns {string[][]} a header and a row for each scenario */
export function simulationTable(verdicts) {
  const scenarios = [...new Set(verdicts.map(({ scenario }) => scenario))];
  const names = new Set(verdicts.map(({ fault }) => fault.fault));
  const known = Object.values(columns).flat();
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No column counts these faults: ${unknown.join(", ")}.`);
  return [
    ["scenario", ...Object.keys(columns), "left and named", "asked the user", "harm"],
    ...scenarios.map((scenario) => row(scenario, verdicts)),
    row(undefined, verdicts),
  ];
}

/** @param {string | undefined} scenario undefined: all @param {Verdict[]} verdicts */
function row(scenario, verdicts) {
  const met = verdicts.filter((verdict) => scenario === undefined || verdict.scenario === scenario);
  const counts = Object.values(columns).map((faults) => met.filter(({ fault }) => faults.includes(fault.fault)).length);
  const left = met.filter((verdict) => verdict.left.length > 0).length;
  const asked = met.filter((verdict) => verdict.asked > 0).length;
  const harm = met.filter(({ wrong }) => wrong.length > 0).length;
  return [scenario ?? "all", ...[...counts, left, asked, harm].map(String)];
}

/** Writes the table into docs/reliability.md, with what the run has taken. @param {string[][]} table @param {string} taken */
export function writePage(table, taken) {
  const [header = [], ...rows] = table;
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const lines = [line(header), line(header.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)];
  const page = readFileSync(PAGE, "utf8");
  const [before, after] = [page.split(BEGIN)[0], page.split(END)[1]];
  if (after === undefined) throw new Error(`${PAGE} has no place for the table.`);
  writeFileSync(PAGE, `${before}${BEGIN}\n${lines.join("\n")}\n\n${taken}\n\n${END}${after}`);
}
