// The rows of the tables that the terminal and docs/performance.md show.
import { figures, frontsIn, judge, median } from "./figures.mjs";
import { commands } from "./measure_cell.mjs";
import { polls } from "./requests.mjs";

/**
 * @typedef {import("./cells.mjs").Cell} Cell
 * @typedef {import("./cells.mjs").Figure} Figure
 * @typedef {import("./measure_cell.mjs").MeasuredCell} MeasuredCell
 * @typedef {import("./measure_cell.mjs").Sample} Sample
 * @typedef {import("./variants.mjs").Variant} Variant
 *
 * @typedef {object} Column
 * @property {string} title
 * @property {"ours" | "floor" | "store" | "loop" | "terraform"} of
 * @property {(sample: Sample) => number | undefined} figure
 * @property {number} [digits] after the point; default: 0
 */

/** What the columns mean. @type {string} */
export const LEGEND = [
  "Floor: the same program on the same engine, with a provider that does nothing.",
  "Store: one that does nothing but store what ours stores of a pair; of a dynamic one, most of it.",
  "Loop: the fewest requests that the changes need, sent by as many workers as the engine has, without an engine.",
  "Polls are among the requests.",
  "API: processor time of the emulator per second; near 100 % it would be the bottleneck.",
  "CPU: processor time, in seconds. MB: peak memory of the engine. Bytes: of one keypair in the state.",
].join(" ");

const seconds = { figure: figures.seconds, digits: 2 };
const megabytes = { figure: figures.engineMegabytes };
const bytes = { figure: figures.pairBytes };
const engine = { figure: (/** @type {Sample} */ sample) => sample.engineSeconds, digits: 2 };
const provider = { figure: (/** @type {Sample} */ sample) => sample.providerSeconds, digits: 2 };

/** @type {Column[]} */
const timeColumns = [
  { title: "ours, s", of: "ours", ...seconds },
  { title: "floor, s", of: "floor", ...seconds },
  { title: "store, s", of: "store", ...seconds },
  { title: "loop, s", of: "loop", ...seconds },
  { title: "Terraform, s", of: "terraform", ...seconds },
  { title: "requests", of: "ours", figure: figures.requests },
  { title: "polls", of: "ours", figure: ({ requests }) => polls(requests) },
  { title: "loop: requests", of: "loop", figure: figures.requests },
  { title: "Terraform: requests", of: "terraform", figure: figures.requests },
  { title: "API, %", of: "ours", figure: ({ emulatorShare }) => 100 * emulatorShare },
];

/** @type {Column[]} */
const costColumns = [
  { title: "engine CPU", of: "ours", ...engine },
  { title: "floor", of: "floor", ...engine },
  { title: "store", of: "store", ...engine },
  { title: "provider CPU", of: "ours", ...provider },
  { title: "floor", of: "floor", ...provider },
  { title: "engine MB", of: "ours", ...megabytes },
  { title: "floor", of: "floor", ...megabytes },
  { title: "store", of: "store", ...megabytes },
  { title: "bytes", of: "ours", ...bytes },
  { title: "floor", of: "floor", ...bytes },
  { title: "store", of: "store", ...bytes },
];

/** @param {MeasuredCell} measured @returns {string[][]} times and requests: a header, and a row for each command and front */
export const timeRows = (measured) => rowsOf(timeColumns, measured);

/** @param {MeasuredCell} measured @returns {string[][]} processor time, memory and state: the same rows */
export const costRows = (measured) => rowsOf(costColumns, measured);

/** @param {Column[]} columns those for which nothing was measured are left out @param {MeasuredCell} measured @returns {string[][]} */
function rowsOf(columns, measured) {
  const isMeasured = (/** @type {Column} */ { of }) => Object.keys(measured).some((variant) => variant.startsWith(of));
  const shownColumns = columns.filter(isMeasured);
  const rows = commands.flatMap((command) =>
    frontsIn(measured).map((front) => {
      const shownCells = shownColumns.map(({ of, figure, digits = 0 }) => {
        const variant = of === "loop" || of === "terraform" ? of : /** @type {const} */ (`${of} ${front}`);
        return shown(median(measured, variant, command, figure), digits);
      });
      return [`${command}, ${front}`, ...shownCells];
    }),
  );
  return [["command", ...shownColumns.map(({ title }) => title)], ...rows];
}

/** The names of figures, and their digits after the point. @type {Record<Figure, [name: string, digits: number]>} */
const units = {
  seconds: ["seconds", 2],
  requests: ["requests", 0],
  pairBytes: ["bytes a pair in the state", 0],
  engineMegabytes: ["peak of the engine, MB", 0],
};

/** @param {Cell} cell @param {MeasuredCell} measured @returns {string[][]} a row for each goal and front; only a header if there is none */
export function goalRows(cell, measured) {
  const rows = judge(cell, measured).map(({ goal, front, measured: value, bound, floor, least, isMet }) => {
    const [name, digits] = units[goal.figure];
    const source = floor === undefined ? "" : ` (${goal.timesFloor} x ${shown(floor, digits)})`;
    const limit = `<= ${shown(bound, digits)}${source}`;
    const verdict = isMet ? "met" : "MISSED";
    return [`${goal.command}, ${front}: ${name}`, shown(value, digits), shown(least, digits), limit, verdict];
  });
  return [["figure", "measured", "least", "goal", "verdict"], ...rows];
}

/** @param {number | undefined} number @param {number} digits @returns {string} */
const shown = (number, digits) => number?.toFixed(digits) ?? "";
