// What is compared in a cell: ours, the engine with a provider that does nothing, and the requests without an engine.
import { join } from "node:path";
import { root } from "../../tools/setup/paths.mjs";
import { launcher } from "../plugins.mjs";
import { Stack } from "../stack.mjs";
import { BareClient } from "./bare_client.mjs";
import { BareLoop } from "./bare_loop.mjs";
import { defaultParallelism } from "./cells.mjs";
import { checkedInputs, pairOutputs } from "./nothing/stored_pair.mjs";
import { ProcessWatch } from "./process_watch.mjs";
import { hasTerraform, TerraformStack } from "./terraform.mjs";

/**
 * @typedef {import("./cells.mjs").Cell} Cell
 * @typedef {import("./cells.mjs").Front} Front
 * @typedef {import("./cells.mjs").Command} Command
 *
 * "floor": the same program on the same engine with a provider that does nothing. "store": one that does nothing but
 * stores what ours stores of a pair. "loop": the requests without an engine. "terraform": if its binaries are given.
 * @typedef {`ours ${Front}` | `floor ${Front}` | `store ${Front}` | "loop" | "terraform"} Variant
 *
 * @typedef {object} Run of one command
 * @property {number} seconds
 * @property {number} [engineMegabytes] the engine's largest memory
 * @property {number} [engineSeconds] processor time of the engine
 * @property {number} [providerSeconds] processor time of the provider's process
 * @property {number} [pairBytes] mean size of a pair in the state; after `up` only
 *
 * @typedef {(command: Command) => Promise<Run>} Runner
 */

const nothingPlugin = join(root, "bench", "api", "nothing", "pulumi-resource-exoscale-ssh");

/** What tells the providers that do nothing to store a pair. */
const storePair = {
  BENCH_STORE: "pair",
  BENCH_STORED: JSON.stringify({ inputs: checkedInputs, outputs: pairOutputs }),
};

/** @param {Cell} cell @param {Front[]} fronts @returns {Variant[]} */
export function variantsOf({ program }, fronts) {
  const ofFront = (/** @type {Front} */ front) =>
    program.instances === undefined
      ? /** @type {const} */ ([`ours ${front}`, `floor ${front}`, `store ${front}`])
      : /** @type {const} */ ([`ours ${front}`, `floor ${front}`]);
  return [...fronts.flatMap(ofFront), "loop", ...(hasTerraform ? /** @type {const} */ (["terraform"]) : [])];
}

/**
 * @param {Variant} variant
 * @param {Cell} cell
 * @param {Record<string, string>} environment the variables of the emulator
 * @param {string} folder for the stack
 * @returns {Promise<Runner>}
 */
export async function prepare(variant, cell, environment, folder) {
  switch (variant) {
    case "ours plugin":
      return prepareStack(new Stack(folder, environment, launcher), "plugin", cell);
    case "ours dynamic":
      return prepareStack(new Stack(folder, environment, launcher), "dynamic", cell);
    case "floor plugin":
      return prepareStack(new Stack(folder, environment, nothingPlugin), "plugin", cell);
    case "floor dynamic":
      return prepareStack(new Stack(folder, environment, nothingPlugin), "nothing", cell);
    case "store plugin":
      return prepareStack(new Stack(folder, { ...environment, ...storePair }, nothingPlugin), "plugin", cell);
    case "store dynamic":
      return prepareStack(new Stack(folder, { ...environment, ...storePair }, nothingPlugin), "storing", cell);
    case "loop":
      return prepareLoop(cell, environment);
    case "terraform": {
      const stack = new TerraformStack(folder, environment, cell);
      return async (command) => ({ seconds: await stack.run(command) });
    }
  }
}

/** @param {Stack} stack @param {import("../stack.mjs").Program["front"]} front @param {Cell} cell @returns {Promise<Runner>} */
async function prepareStack(stack, front, { program, parallel }) {
  await stack.declare({ front, ...program, waitForSsh: false });
  const flags = parallel === undefined ? [] : ["--parallel", String(parallel)];
  return async (command) => {
    const watch = new ProcessWatch();
    const seconds = (await stack.run(command, (pid) => watch.start(pid), flags)) / 1000;
    const { engineMegabytes, engineSeconds, providerSeconds } = watch;
    const state = command === "up" ? { pairBytes: meanSize(stack.resources().filter(isPair)) } : {};
    return { seconds, engineMegabytes, engineSeconds, providerSeconds, ...state };
  };
}

/** @param {Cell} cell @param {Record<string, string>} environment @returns {Runner} */
function prepareLoop({ program, operationMs, parallel = defaultParallelism, requestsPerSecond }, environment) {
  const client = new BareClient(environment, { operationMs, requestsPerSecond });
  const loop = new BareLoop(client, program, parallel);
  return async (command) => {
    const before = performance.now();
    await loop[command]();
    if (command === "destroy") client.close();
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
