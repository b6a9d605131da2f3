// Measures one cell of the grid: ours and the floors in turn, round after round.
import { rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { root } from "../../tools/setup/paths.mjs";
import { startEmulator } from "../emulator.mjs";
import { launcher } from "../plugins.mjs";
import { processorSeconds } from "../process_figures.mjs";
import { Stack } from "../stack.mjs";
import { BareClient } from "./bare_client.mjs";
import { BareLoop } from "./bare_loop.mjs";
import { defaultParallelism } from "./cells.mjs";
import { ProcessWatch } from "./process_watch.mjs";
import { RequestLog } from "./requests.mjs";

/**
 * @typedef {import("./cells.mjs").Cell} Cell
 * @typedef {import("./cells.mjs").Front} Front
 * @typedef {import("./cells.mjs").Command} Command
 *
 * "floor": the same program on the same engine with a provider that does nothing. "loop": the requests without an engine.
 * @typedef {`ours ${Front}` | `floor ${Front}` | "loop"} Variant
 *
 * @typedef {object} Sample one command in one round
 * @property {number} seconds
 * @property {import("./requests.mjs").RequestCounts} requests
 * @property {number} emulatorShare the emulator's processor time per second of the command; near 1 it is the bottleneck
 * @property {number} [engineMegabytes] the engine's largest memory
 * @property {number} [engineSeconds] processor time of the engine
 * @property {number} [providerSeconds] processor time of the provider's process
 * @property {number} [pairBytes] mean size of a pair in the state; after `up` only
 *
 * @typedef {Record<Command, Sample[]>} Series
 * @typedef {{ measured: string, load: number, series: Series }} MeasuredVariant `load`: of the machine before, over a minute
 * @typedef {Partial<Record<Variant, MeasuredVariant>>} MeasuredCell
 */

export const commands = /** @type {const} */ (["up", "refresh", "destroy"]);

/** The account has all zones, because a deletion looks for holders of the key in each. */
const zones = ["ch-gva-2", "ch-dk-2", "at-vie-1", "at-vie-2", "de-fra-1", "de-muc-1", "bg-sof-1", "hr-zag-1"];

const nothingPlugin = join(root, "bench", "api", "nothing", "pulumi-resource-exoscale-ssh");

/** @param {Cell} cell @param {Front[]} fronts @param {number} rounds @param {string} work a directory for files @returns {Promise<MeasuredCell>} */
export async function measureCell(cell, fronts, rounds, work) {
  const log = new RequestLog();
  const { operationMs, requestsPerSecond } = cell;
  const limit = requestsPerSecond === undefined ? {} : { requestsPerSecond };
  const emulator = await startEmulator({
    guests: "none",
    operationMs,
    zones,
    ...limit,
    onLog: (line) => log.add(line),
  });
  /** @type {Variant[]} */
  const variants = [...fronts.flatMap((front) => /** @type {const} */ ([`ours ${front}`, `floor ${front}`])), "loop"];
  /** @type {MeasuredCell} */
  const measured = Object.fromEntries(variants.map((variant) => [variant, newEntry()]));
  for (let round = 0; round < rounds; round++) {
    // The order alternates, so that whatever changes on the machine affects all alike.
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const folder = join(work, `${cell.name}-${round}-${variant.replace(" ", "-")}`);
      const { run, inspect } = await prepare(variant, cell, emulator.environment, folder);
      for (const command of commands) {
        const used = processorSeconds(emulator.pid);
        const sample = await run(command);
        const emulatorShare = (processorSeconds(emulator.pid) - used) / sample.seconds;
        const requests = await log.take(emulator.environment["EXOSCALE_API_ENDPOINT"] ?? "");
        measured[variant]?.series[command].push({
          ...sample,
          requests,
          emulatorShare,
          ...(command === "up" ? inspect() : {}),
        });
      }
      rmSync(folder, { recursive: true, force: true });
    }
  }
  await emulator.stop();
  return measured;
}

/** @returns {MeasuredVariant} */
function newEntry() {
  return { measured: new Date().toISOString(), load: loadavg()[0] ?? 0, series: { up: [], refresh: [], destroy: [] } };
}

/**
 * @param {Variant} variant @param {Cell} cell @param {Record<string, string>} environment @param {string} folder
 * @returns {Promise<{ run: (command: Command) => Promise<{ seconds: number }>, inspect: () => object }>} `inspect` looks at the state
 */
async function prepare(variant, cell, environment, folder) {
  if (variant === "loop") return { run: prepareLoop(cell, environment), inspect: () => ({}) };
  const isOurs = variant.startsWith("ours");
  const front = variant.endsWith("plugin") ? "plugin" : isOurs ? "dynamic" : "nothing";
  const stack = new Stack(folder, environment, isOurs ? launcher : nothingPlugin);
  await stack.declare({ front, ...cell.program, waitForSsh: false });
  const flags = cell.parallel === undefined ? [] : ["--parallel", String(cell.parallel)];
  return {
    run: async (command) => {
      const watch = new ProcessWatch();
      const milliseconds = await stack.run(command, (pid) => watch.start(pid), flags);
      const { engineMegabytes, engineSeconds, providerSeconds } = watch;
      return { seconds: milliseconds / 1000, engineMegabytes, engineSeconds, providerSeconds };
    },
    inspect: () => ({ pairBytes: meanSize(stack.resources().filter(isPair)) }),
  };
}

/** @param {Cell} cell @param {Record<string, string>} environment @returns {(command: Command) => Promise<{ seconds: number }>} */
function prepareLoop({ program, operationMs, parallel = defaultParallelism, requestsPerSecond }, environment) {
  const client = new BareClient(environment, { operationMs, requestsPerSecond });
  const loop = new BareLoop(client, program, parallel);
  return async (command) => {
    const before = performance.now();
    await loop[command]();
    return { seconds: (performance.now() - before) / 1000 };
  };
}

/** @param {Record<string, unknown>} resource @returns {boolean} */
function isPair({ urn }) {
  return /::pair-\d+$/.test(String(urn));
}

/** @param {object[]} resources @returns {number} in bytes of JSON without blanks */
function meanSize(resources) {
  return Math.round(JSON.stringify(resources).length / Math.max(1, resources.length));
}
