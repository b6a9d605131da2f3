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
 * @param {"none" | "ssh2"} guests what answers on instances
 * @returns {Promise<{ environment: Record<string, string>, stop: () => Promise<void> }>} the variables with its endpoint and credentials
 * @throws {Error} if it does not print all of them: those of the caller could name a real account
 */
export async function startEmulator(guests) {
  const flags = ["emulator", "--guests", guests, "--operation-ms", "0", "--zones", "ch-gva-2"];
  const child = spawn(process.execPath, [join(root, "dist/emulator/cli.js"), ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  // Errors at its start, later its log of requests.
  child.stderr.on("data", (text) => (errors = `${errors}${text}`.slice(-1000)));
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
  return { environment, stop };
}
