// What was measured last, cell by cell, in a file that git ignores: docs/performance.md is written from it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/setup/paths.mjs";

/**
 * @typedef {import("./measure_cell.mjs").MeasuredCell} MeasuredCell
 * @typedef {{ machine: string, versions: string, cells: Record<string, MeasuredCell> }} Results by the names of the cells
 */

const file = join(root, "bench", "results.json");

/** @returns {Results} empty if nothing was measured yet */
export function readResults() {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { machine: "", versions: "", cells: {} };
}

/**
 * Keeps what was measured before of other cells and of other fronts, and of those that have not ended yet.
 *
 * @param {string} cell @param {MeasuredCell} measured
 * @param {{ machine: string, versions: string }} where
 */
export function addResult(cell, measured, where) {
  const { cells } = readResults();
  const ended = Object.entries(measured).filter(([, { series }]) => series.destroy.length > 0);
  cells[cell] = { ...cells[cell], ...Object.fromEntries(ended) };
  writeFileSync(file, `${JSON.stringify({ ...where, cells }, undefined, 1)}\n`);
}
