// The rows of the tables that the terminal and docs/performance.md show.
import { figures, frontsIn, judge, median } from "./figures.mjs";
import { commands } from "./measure_cell.mjs";
import { polls } from "./requests.mjs";

/**
 * @typedef {import("./cells.mjs").Cell} Cell
 * @typedef {import("./cells.mjs").Figure} Figure
 * @typedef {import("./measure_cell.mjs").MeasuredCell} MeasuredCell
 */

/** What the columns of `figureRows` mean. */
export const LEGEND =
  "Floor: the same program on the same engine, with a provider that does nothing. Loop: the fewest requests that the " +
  "changes need, without an engine. Engine: its peak memory. Provider: processor time of its process. " +
  "API: processor time of the emulator, as a share of the time.";

/** @param {MeasuredCell} measured @returns {string[][]} a row for each command and front */
export function figureRows(measured) {
  const header = ["", "ours, s", "floor, s", "loop, s", "requests", "polls", "loop's", "engine, MB", "floor, MB"];
  const rows = commands.flatMap((command) =>
    frontsIn(measured).map((front) => {
      /** @param {import("./variants.mjs").Variant} variant @param {(sample: import("./measure_cell.mjs").Sample) => number | undefined} figure @param {number} [digits] */
      const cellOf = (variant, figure, digits = 0) => shown(median(measured, variant, command, figure), digits);
      const [ours, floor] = /** @type {const} */ ([`ours ${front}`, `floor ${front}`]);
      return [
        `${command}, ${front}`,
        ...[ours, floor, /** @type {const} */ ("loop")].map((variant) => cellOf(variant, figures.seconds, 2)),
        cellOf(ours, figures.requests),
        cellOf(ours, ({ requests }) => polls(requests)),
        cellOf("loop", figures.requests),
        ...[ours, floor].map((variant) => cellOf(variant, figures.engineMegabytes)),
        ...[ours, floor].map((variant) => cellOf(variant, ({ providerSeconds }) => providerSeconds, 2)),
        ...[ours, floor].map((variant) => cellOf(variant, figures.pairBytes)),
        percent(median(measured, ours, command, ({ emulatorShare }) => emulatorShare)),
      ];
    }),
  );
  return [[...header, "provider, s", "floor, s", "bytes a pair", "floor", "API"], ...rows];
}

/** @param {Cell} cell @param {MeasuredCell} measured @returns {string[][]} a row for each goal and front; only a header if there is none */
export function goalRows(cell, measured) {
  const rows = judge(cell, measured).map(({ goal, front, measured: value, bound, floor, isMet }) => {
    const [name, digits] = units[goal.figure];
    const source = floor === undefined ? "" : ` (${goal.timesFloor} x ${shown(floor, digits)})`;
    const limit = `<= ${shown(bound, digits)}${source}`;
    return [`${goal.command}, ${front}: ${name}`, shown(value, digits), limit, isMet ? "met" : "MISSED"];
  });
  return [["", "measured", "goal", "verdict"], ...rows];
}

/** The names of figures, and their digits after the point. @type {Record<Figure, [name: string, digits: number]>} */
const units = {
  seconds: ["seconds", 2],
  requests: ["requests", 0],
  pairBytes: ["bytes a pair in the state", 0],
  engineMegabytes: ["the engine's peak, MB", 0],
};

/** @param {number | undefined} number @param {number} digits @returns {string} */
const shown = (number, digits) => number?.toFixed(digits) ?? "";

/** @param {number | undefined} share @returns {string} */
const percent = (share) => (share === undefined ? "" : `${(100 * share).toFixed(0)} %`);
