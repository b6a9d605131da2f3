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

/**
 * @typedef {object} Verdict
 * @property {Goal} goal
 * @property {Front} front
 * @property {number} measured
 * @property {number} bound
 * @property {number | undefined} floor
 * @property {number | undefined} least see `leastSeconds`
 * @property {boolean} isMet
 */

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
  const least = figure === "seconds" ? leastSeconds(measured, front, command) : undefined;
  return { goal, front, measured: value, bound, floor, least, isMet: value <= bound };
}

/**
 * What the engine and Exoscale take one after the other, if the provider takes no time: a provider that only stores the
 * same, or, in a cell with instances, one that does nothing and after it the bare loop.
 *
 * @param {MeasuredCell} measured @param {Front} front @param {Command} command
 */
function leastSeconds(measured, front, command) {
  const storing = median(measured, `store ${front}`, command, figures.seconds);
  if (storing !== undefined) return storing;
  const engine = median(measured, `floor ${front}`, command, figures.seconds);
  const loop = median(measured, "loop", command, figures.seconds);
  return engine === undefined || loop === undefined ? undefined : engine + loop;
}
