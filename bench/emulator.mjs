// Starts the emulator in a separate process, so that its time and memory are not measured.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeExit } from "../tools/process/leave.mjs";
import { root } from "../tools/setup/paths.mjs";

/** The variables with its endpoint and credentials. */
const variables = ["EXOSCALE_API_KEY", "EXOSCALE_API_SECRET", "EXOSCALE_API_ENDPOINT", "EXOSCALE_SSH_PORT"];

/**
 * @typedef {object} EmulatorOptions
 * @property {"none" | "ssh2"} guests what answers on instances
 * @property {number} [operationMs] how long an operation stays pending, in milliseconds; default: 0
 * @property {string[]} [zones] default: one
 * @property {number} [requestsPerSecond] its rate limit; default: none
 * @property {(line: string) => void} [onLog] is called with each line of its log of requests
 *
 * @typedef {object} RunningEmulator
 * @property {Record<string, string>} environment the variables with its endpoint and credentials
 * @property {number} pid
 * @property {() => Promise<void>} stop
 */

/**
 * @param {EmulatorOptions} options
 * @returns {Promise<RunningEmulator>}
 * @throws {Error} if it does not print all variables: those of the caller could name a real account
 */
export async function startEmulator(options) {
  const child = spawn(process.execPath, [join(root, "dist/emulator/cli.js"), "emulator", ...flags(options)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  // Errors at its start, later its log of requests.
  createInterface({ input: child.stderr }).on("line", (line) => {
    errors = `${errors}${line}\n`.slice(-1000);
    options.onLog?.(line);
  });
  const stop = beforeExit(async () => {
    // If it has ended already, there will be no event "exit".
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  /** @type {Record<string, string>} */
  const environment = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    if (name && value !== undefined) environment[name] = value;
    if (name === "EXOSCALE_SSH_PORT") break;
  }
  const missing = variables.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`The emulator did not print ${missing.join(", ")}.\n${errors}`);
  return { environment, pid: child.pid ?? 0, stop };
}

/** @param {EmulatorOptions} options @returns {string[]} */
function flags({ guests, operationMs = 0, zones = ["ch-gva-2"], requestsPerSecond }) {
  const limit = requestsPerSecond === undefined ? [] : ["--set", `requestsPerSecond=${requestsPerSecond}`];
  return ["--guests", guests, "--operation-ms", String(operationMs), "--zones", zones.join(","), ...limit];
}
