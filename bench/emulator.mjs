// An emulated Exoscale in a process of its own, so that its time and memory are not taken for the provider's.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeExit } from "../tools/process/leave.mjs";
import { root } from "../tools/setup/paths.mjs";

/** What points at it. */
const VARIABLES = ["EXOSCALE_API_KEY", "EXOSCALE_API_SECRET", "EXOSCALE_API_ENDPOINT", "EXOSCALE_SSH_PORT"];

/**
 * @param {"none" | "ssh2"} guests what answers on instances
 * @returns {Promise<{ environment: Record<string, string>, stop: () => Promise<void> }>} the variables that point at it
 * @throws {Error} when it does not say all of them: the others could point at somebody's real account
 */
export async function startEmulator(guests) {
  const flags = ["emulator", "--guests", guests, "--operation-ms", "0", "--zones", "ch-gva-2"];
  const child = spawn(process.execPath, [join(root, "dist/emulator/cli.js"), ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  // Its log of requests, once it runs.
  child.stderr.on("data", (text) => (complaint = `${complaint}${text}`.slice(-1000)));
  const stop = beforeExit(async () => {
    // Of one that died before, nothing tells any more.
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
  const missing = VARIABLES.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`The emulator has not said ${missing.join(", ")}.\n${complaint}`);
  return { environment, stop };
}
