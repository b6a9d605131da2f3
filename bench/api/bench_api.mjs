// Measures changes of many keys and instances: time, requests, state and memory, beside the floors and the goals.
import { join } from "node:path";
import { startEmulator } from "../emulator.mjs";
import { printTable } from "../figures.mjs";
import { describeMachine, describeVersions } from "../machine.mjs";
import { launcher } from "../plugins.mjs";
import { Stack } from "../stack.mjs";
import { cells } from "./cells.mjs";
import { measureCell } from "./measure_cell.mjs";
import { addResult } from "./results.mjs";
import { costRows, goalRows, LEGEND, timeRows } from "./tables.mjs";

/** @typedef {import("./cells.mjs").Front} Front */

const fronts = /** @type {const} */ (["plugin", "dynamic"]);

/**
 * @param {string} work a directory for files
 * @param {object} options
 * @param {number} options.rounds
 * @param {string[]} options.only the names of cells; empty: all
 * @param {string | undefined} options.front undefined: both
 */
export async function benchApi(work, { rounds, only, front }) {
  if (process.platform !== "linux") return void process.stdout.write("The grid is only measured on Linux\n\n");
  const chosen = only.length > 0 ? only.map(findCell) : cells;
  const chosenFronts = front === undefined ? [...fronts] : [checkFront(front)];
  const where = { machine: describeMachine(), versions: describeVersions() };
  await warmUp(work);
  process.stdout.write(`Medians of ${rounds}. ${LEGEND}\n\n`);
  for (const cell of chosen) {
    const measured = await measureCell(cell, chosenFronts, rounds, work, (progress, soFar) => {
      // A large cell takes minutes, and what was measured outlives an interruption.
      process.stderr.write(`  ${progress}\n`);
      addResult(cell.name, soFar, where);
    });
    process.stdout.write(`${cell.title} (${cell.name})\n`);
    const goals = goalRows(cell, measured);
    for (const rows of [timeRows(measured), costRows(measured), ...(goals.length > 1 ? [goals] : [])]) printTable(rows);
  }
}

/** The first run reads files from the disk. @param {string} work */
async function warmUp(work) {
  const emulator = await startEmulator({ guests: "none" });
  for (const front of fronts) {
    const stack = new Stack(join(work, `warm-up-${front}`), emulator.environment, launcher);
    await stack.declare({ front, pairs: 1 });
    for (const command of /** @type {const} */ (["up", "destroy"])) await stack.run(command);
  }
  await emulator.stop();
}

/** @param {string} name @throws {Error} if there is none */
function findCell(name) {
  const cell = cells.find((each) => each.name === name);
  if (cell) return cell;
  throw new Error(`There is no cell "${name}". Name some of: ${cells.map((each) => each.name).join(", ")}.`);
}

/** @param {string} name @returns {Front} @throws {Error} if there is none */
function checkFront(name) {
  const front = fronts.find((each) => each === name);
  if (front) return front;
  throw new Error(`There is no front "${name}". Name one of: ${fronts.join(", ")}.`);
}
