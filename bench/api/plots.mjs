// Plots of time over the number of keys, as SVG.
import * as vega from "vega";
import { compile } from "vega-lite";
import { cells } from "./cells.mjs";
import { figures, median } from "./figures.mjs";
import { recordedPeers } from "./peers.mjs";

/**
 * @typedef {import("./cells.mjs").Command} Command
 * @typedef {import("./results.mjs").Results} Results
 * @typedef {{ keys: number, seconds: number, series: string }} Point
 * @typedef {{ series: string, color: string, dash: number[] }} Line
 */

/** Ours are solid lines. The floor of a front has its colour. @type {(Line & { variant: import("./variants.mjs").Variant })[]} */
const lines = [
  { variant: "ours plugin", series: "ours: plugin", color: "#0550ae", dash: [1, 0] },
  { variant: "ours dynamic", series: "ours: dynamic", color: "#bc4c00", dash: [1, 0] },
  { variant: "floor plugin", series: "floor: plugin that does nothing", color: "#0550ae", dash: [2, 3] },
  { variant: "floor dynamic", series: "floor: dynamic that does nothing", color: "#bc4c00", dash: [2, 3] },
  { variant: "store plugin", series: "plugin that only stores the same", color: "#0550ae", dash: [6, 3] },
  { variant: "store dynamic", series: "dynamic that only stores the same", color: "#bc4c00", dash: [6, 3] },
  { variant: "loop", series: "bare loop of requests", color: "#57606a", dash: [2, 3] },
  { variant: "terraform", series: "Terraform", color: "#8250df", dash: [1, 0] },
];

/** In the order of the file. */
const peerColors = ["#8250df", "#1a7f37"];

/** The values with a line of the grid. */
const powersOfTen = [0.001, 0.01, 0.1, 1, 10, 100, 1000];

/** The colour of texts. */
const TEXT = "#1f2328";

const peers = recordedPeers.clients.filter(({ isDefault }) => isDefault);

/** @type {Line[]} */
const peerLines = peers.map(({ name }, index) => ({
  series: `${name} (recorded)`,
  color: peerColors[index % peerColors.length] ?? "#000000",
  dash: [8, 4],
}));

/** @param {Results} results @param {Command} command @returns {Promise<string>} the SVG */
export async function plot(results, command) {
  const points = [...measuredPoints(results, command), ...recordedPoints(command)];
  const shown = [...lines, ...peerLines].filter(({ series }) => points.some((point) => point.series === series));
  const { spec } = compile(/** @type {any} */ (specification(command, points, shown)));
  return new vega.View(vega.parse(spec), { renderer: "none" }).toSVG();
}

/** @param {Command} command @param {Point[]} points @param {Line[]} shown */
function specification(command, points, shown) {
  const series = shown.map((line) => line.series);
  const legend = { title: null, symbolType: "stroke", symbolSize: 500, labelLimit: 300 };
  const scaleOf = (/** @type {unknown[]} */ range) => ({ domain: series, range });
  return {
    title: { text: `${command}: seconds over the number of keys`, anchor: "start" },
    // GitHub shows pages on a dark background, too.
    background: "white",
    padding: 12,
    width: 430,
    height: 300,
    data: { values: points },
    mark: { type: "line", point: { filled: true, size: 40 }, strokeWidth: 2 },
    encoding: {
      x: { field: "keys", type: "quantitative", scale: { type: "log", domain: [1, 1000] }, axis: axisOf("keys") },
      y: { field: "seconds", type: "quantitative", scale: { type: "log" }, axis: axisOf("seconds") },
      color: { field: "series", type: "nominal", scale: scaleOf(shown.map(({ color }) => color)), legend },
      strokeDash: { field: "series", type: "nominal", scale: scaleOf(shown.map(({ dash }) => dash)), legend },
    },
    config: {
      font: "sans-serif",
      title: { color: TEXT },
      axis: { labelColor: TEXT, titleColor: TEXT },
      legend: { labelColor: TEXT },
    },
  };
}

/** @param {string} title */
function axisOf(title) {
  return { title, values: powersOfTen, format: "~g", labelFlush: false, labelFontSize: 12, titleFontSize: 12 };
}

/** @param {Results} results @param {Command} command @returns {Point[]} */
function measuredPoints(results, command) {
  return keyCells().flatMap(({ name, program }) =>
    lines.flatMap(({ variant, series }) => {
      const seconds = median(results.cells[name] ?? {}, variant, command, figures.seconds);
      return seconds === undefined ? [] : [{ keys: program.pairs, seconds, series }];
    }),
  );
}

/** @param {Command} command @returns {Point[]} */
function recordedPoints(command) {
  return keyCells().flatMap(({ name, program }) =>
    peers.flatMap((peer, index) => {
      const seconds = peer.seconds[name]?.[command];
      return seconds === undefined ? [] : [{ keys: program.pairs, seconds, series: peerLines[index]?.series ?? "" }];
    }),
  );
}

/** The cells with keys alone. */
function keyCells() {
  return cells.filter(({ program }) => program.instances === undefined);
}
