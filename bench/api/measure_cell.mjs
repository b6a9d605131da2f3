// Measures one cell of the grid: ours and the floors in turn, round after round.
import { rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmulator } from "../emulator.mjs";
import { processorSeconds } from "../process_figures.mjs";
import { RequestLog } from "./requests.mjs";
import { prepare, variantsOf } from "./variants.mjs";

/**
 * @typedef {import("./cells.mjs").Cell} Cell
 * @typedef {import("./cells.mjs").Front} Front
 * @typedef {import("./cells.mjs").Command} Command
 * @typedef {import("./variants.mjs").Variant} Variant
 *
 * @typedef {object} Counted one command in one round, as the API saw it
 * @property {import("./requests.mjs").RequestCounts} requests
 * @property {number} emulatorShare the emulator's processor time per second of the command; near 1 it is the bottleneck
 *
 * @typedef {import("./variants.mjs").Run & Counted} Sample
 *
 * @typedef {object} MeasuredVariant
 * @property {string} measured when
 * @property {number} load of the machine before, over a minute
 * @property {Record<Command, Sample[]>} series a sample for each round
 *
 * @typedef {Partial<Record<Variant, MeasuredVariant>>} MeasuredCell
 */

export const commands = /** @type {const} */ (["up", "refresh", "destroy"]);

/** The account has all zones, because a deletion looks for holders of the key in each. */
const zones = ["ch-gva-2", "ch-dk-2", "at-vie-1", "at-vie-2", "de-fra-1", "de-muc-1", "bg-sof-1", "hr-zag-1"];

/** Until a whole burst is possible again under a limit of requests, in milliseconds. */
const BURST_REFILL = 1000;

/**
 * @param {Cell} cell
 * @param {Front[]} fronts
 * @param {number} rounds
 * @param {string} work a directory for files
 * @param {(progress: string, soFar: MeasuredCell) => void} report is called when a command has ended
 * @returns {Promise<MeasuredCell>}
 */
export async function measureCell(cell, fronts, rounds, work, report) {
  const api = await startApi(cell);
  const variants = variantsOf(cell, fronts);
  /** @type {MeasuredCell} */
  const measured = Object.fromEntries(variants.map((variant) => [variant, newEntry()]));
  for (let round = 0; round < rounds; round++) {
    // The order alternates, so that whatever changes on the machine affects all alike.
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const folder = join(work, `${cell.name}-${round}-${variant.replace(" ", "-")}`);
      const run = await prepare(variant, cell, api.environment, folder);
      for (const command of commands) {
        const sample = await api.count(() => run(command));
        measured[variant]?.series[command].push(sample);
        report(`${cell.name}, ${variant}, ${command}: ${sample.seconds.toFixed(2)} s`, measured);
      }
      rmSync(folder, { recursive: true, force: true });
    }
  }
  await api.stop();
  return measured;
}

/** @returns {MeasuredVariant} */
function newEntry() {
  return { measured: new Date().toISOString(), load: loadavg()[0] ?? 0, series: { up: [], refresh: [], destroy: [] } };
}

/** Starts the emulator of a cell. `count` runs a command and counts what it costs the API. @param {Cell} cell */
async function startApi({ operationMs, requestsPerSecond }) {
  const log = new RequestLog();
  const limit = requestsPerSecond === undefined ? {} : { requestsPerSecond };
  const onLog = (/** @type {string} */ line) => log.add(line);
  const { environment, pid, stop } = await startEmulator({ guests: "none", operationMs, zones, ...limit, onLog });
  /** @param {() => Promise<import("./variants.mjs").Run>} run @returns {Promise<Sample>} */
  const count = async (run) => {
    if (requestsPerSecond !== undefined) await sleep(BURST_REFILL);
    const before = processorSeconds(pid);
    const sample = await run();
    const emulatorShare = (processorSeconds(pid) - before) / sample.seconds;
    return { ...sample, requests: await log.take(environment["EXOSCALE_API_ENDPOINT"] ?? ""), emulatorShare };
  };
  return { environment, count, stop };
}
