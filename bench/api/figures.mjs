// Medians of what was measured, and the goals beside them.
import { summary } from "../figures.mjs";
import { total } from "./requests.mjs";

/**
 * @typedef {import("./cells.mjs").Cell} Cell
 * @typedef {import("./cells.mjs").Front} Front
 * @typedef {import("./cells.mjs").Command} Command
 * @typedef {import("./cells.mjs").Goal} Goal
 * @typedef {import("./cells.mjs").Figure} Figure
 * @typedef {import("./measure_cell.mjs").MeasuredCell} MeasuredCell
 * @typedef {import("./variants.mjs").Variant} Variant
 * @typedef {import("./measure_cell.mjs").Sample} Sample
 */

/** @typedef {{ goal: Goal, front: Front, measured: number, bound: number, floor: number | undefined, isMet: boolean }} Verdict */

/**
 * @param {MeasuredCell} measured @param {Variant} variant @param {Command} command
 * @param {(sample: Sample) => number | undefined} figure
 * @returns {number | undefined} the median of all rounds; undefined if it was not measured
 */
export function median(measured, variant, command, figure) {
  const samples = measured[variant]?.series[command] ?? [];
  const numbers = samples.map(figure).filter((number) => number !== undefined);
  return numbers.length > 0 ? summary(numbers).median : undefined;
}

/** @type {Record<Figure, (sample: Sample) => number | undefined>} */
export const figures = {
  seconds: ({ seconds }) => seconds,
  requests: ({ requests }) => total(requests),
  pairBytes: ({ pairBytes }) => pairBytes,
  engineMegabytes: ({ engineMegabytes }) => engineMegabytes,
};

/** @param {MeasuredCell} measured @returns {Front[]} the fronts that were measured */
export function frontsIn(measured) {
  const fronts = /** @type {const} */ (["plugin", "dynamic"]);
  return fronts.filter((front) => measured[`ours ${front}`]);
}

/** @param {Cell} cell @param {MeasuredCell} measured @returns {Verdict[]} for each goal and front that was measured */
export function judge({ goals }, measured) {
  return goals.flatMap((goal) =>
    frontsIn(measured)
      .filter((front) => goal.front === undefined || goal.front === front)
      .map((front) => judgeFront(goal, front, measured)),
  );
}

/** @param {Goal} goal @param {Front} front @param {MeasuredCell} measured @returns {Verdict} */
function judgeFront(goal, front, measured) {
  const { command, figure, atMost, timesFloor = 1 } = goal;
  const value = median(measured, `ours ${front}`, command, figures[figure]) ?? Number.NaN;
  const floor = atMost === undefined ? median(measured, `floor ${front}`, command, figures[figure]) : undefined;
  const bound = atMost ?? timesFloor * (floor ?? Number.NaN);
  return { goal, front, measured: value, bound, floor, isMet: value <= bound };
}
