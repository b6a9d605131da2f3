// The emulator of the compiled package.
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeExit } from "../process/leave.mjs";
import { root } from "../setup/paths.mjs";

const require = createRequire(import.meta.url);

/** @returns {Promise<{ stop: () => Promise<void>, environment: Record<string, string> }>} and the variables with its endpoint and credentials */
export async function startEmulator() {
  /** @type {typeof import("../../emulator/index.js")} */
  const { startEmulator } = require(join(root, "dist", "emulator", "index.js"));
  const starting = startEmulator();
  const stop = beforeExit(async () => (await starting).close());
  return { stop, environment: { ...(await starting).environment } };
}
