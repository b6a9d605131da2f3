// Writes docs/performance.md and its plots from what was measured last.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/setup/paths.mjs";
import { cells } from "./cells.mjs";
import { figures, median } from "./figures.mjs";
import { commands } from "./measure_cell.mjs";
import { recordedPeers } from "./peers.mjs";
import { plot } from "./plots.mjs";
import { readResults } from "./results.mjs";
import { costRows, goalRows, LEGEND, timeRows } from "./tables.mjs";

/** @typedef {import("./results.mjs").Results} Results */

const docs = join(root, "docs");
const page = join(docs, "performance.md");

/** What stands between these lines is written anew; the rest of the page is written by hand. */
const BEGIN = "<!-- Measured: npm run bench -- page -->";
const END = "<!-- End of what was measured -->";

/** Writes the page and its plots. Text outside the measured part stays. @throws {Error} if nothing was measured yet */
export async function writePage() {
  const results = readResults();
  if (Object.keys(results.cells).length === 0) throw new Error("Nothing was measured yet: npm run bench -- api");
  mkdirSync(join(docs, "performance"), { recursive: true });
  for (const command of commands) {
    writeFileSync(join(docs, "performance", `${command}.svg`), `${await plot(results, command)}\n`);
  }
  const [before = "", after = ""] = handwritten();
  writeFileSync(page, `${before}${BEGIN}\n\n${measuredPart(results)}\n${END}${after}`);
}

/** @returns {string[]} the text before and after the measured part */
function handwritten() {
  if (!existsSync(page)) return ["# Performance\n\n", "\n"];
  const [before = "", rest = ""] = readFileSync(page, "utf8").split(BEGIN);
  return [before, rest.split(END)[1] ?? "\n"];
}

/** @param {Results} results @returns {string} */
function measuredPart(results) {
  const measured = cells.filter(({ name }) => results.cells[name]);
  return [
    "## How it was measured",
    `${where(results)} The API is the emulator, in a process of its own, with all eight zones and no guests.`,
    "```sh\nnpm run bench -- api\nnpm run bench -- api --only 100-keys --front plugin --rounds 5\nnpm run bench -- page\n```",
    `Each round of a cell runs ours and the floors in turn; the tables show the medians of the rounds. ${LEGEND}`,
    "## Time over the number of keys",
    ...commands.map((command) => `![${command}: seconds over the number of keys](performance/${command}.svg)`),
    "## Goals",
    "Least: with keys alone, a provider that only stores the same (the column store below); with instances, the floor and after it the loop.",
    "Under the limit, the goal is 1.2 times what the limit itself takes for the 150 requests that an `up` may send.",
    table(goals(results)),
    "## Other clients",
    `Recorded ${recordedPeers.date} ${recordedPeers.where}. They are not measured again here. ${peerVersions()} In brackets: changes at once.`,
    table(peerRows(results)),
    "## All figures",
    ...measured.flatMap((cell) => {
      const figuresOfCell = results.cells[cell.name] ?? {};
      return [`### ${cell.title}`, table(timeRows(figuresOfCell)), table(costRows(figuresOfCell))];
    }),
  ].join("\n\n");
}

/** @param {Results} results @returns {string} */
function where({ machine, versions, cells }) {
  const variants = Object.values(cells).flatMap((cell) => Object.values(cell));
  const days = [...new Set(variants.map(({ measured }) => measured.slice(0, 10)))].sort();
  const loads = variants.map(({ load }) => load);
  const rounds = variants.map(({ series }) => series.up.length);
  return (
    `${machine}. ${versions}. ${days.join(", ")}. Rounds of each cell: ${range(rounds, 0)}. ` +
    `The load of the machine was ${range(loads, 1)} before the cells began.`
  );
}

/** @param {number[]} numbers @param {number} digits @returns {string} such as "1 to 3" */
function range(numbers, digits) {
  const ends = [Math.min(...numbers), Math.max(...numbers)].map((end) => end.toFixed(digits));
  return [...new Set(ends)].join(" to ");
}

/** @param {Results} results @returns {string[][]} */
function goals(results) {
  const rows = cells.flatMap((cell) =>
    goalRows(cell, results.cells[cell.name] ?? {})
      .slice(1)
      .map((row) => [cell.title, ...row]),
  );
  return [["Case", "Figure", "Measured", "Least", "Goal", "Verdict"], ...rows];
}

/** @returns {string} */
function peerVersions() {
  return [...new Set(recordedPeers.clients.map(({ version }) => `${version}.`))].join(" ");
}

/** @param {Results} results @returns {string[][]} seconds of ours and of the peers */
function peerRows(results) {
  const { clients } = recordedPeers;
  const rows = cells.flatMap(({ name, title }) =>
    commands.flatMap((command) => {
      const recorded = clients.map(({ seconds }) => seconds[name]?.[command]);
      if (recorded.every((each) => each === undefined)) return [];
      const ours = /** @type {const} */ (["ours plugin", "ours dynamic"]).map((variant) =>
        median(results.cells[name] ?? {}, variant, command, figures.seconds),
      );
      return [[`${title}: ${command}`, ...[...ours, ...recorded].map((seconds) => seconds?.toFixed(2) ?? "")]];
    }),
  );
  const names = clients.map(({ name, parallel }) => `${name} (${parallel})`);
  return [["Seconds", "plugin", "dynamic", ...names], ...rows];
}

/** @param {string[][]} rows the first row is the header @returns {string} in Markdown */
function table([header = [], ...rows]) {
  const line = (/** @type {string[]} */ row) => `| ${row.map((cell) => cell || "-").join(" | ")} |`;
  return [
    line(header),
    `|${header.map((_, column) => (column === 0 ? " --- |" : " ---: |")).join("")}`,
    ...rows.map(line),
  ].join("\n");
}
