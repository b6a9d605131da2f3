// The emulated account of a recording. Its files stay when the emulator stops.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeExit } from "../process/leave.mjs";
import { root } from "../setup/paths.mjs";

const require = createRequire(import.meta.url);

/** No secret: only the emulators of recordings accept them. */
const credentials = { apiKey: "EXOrecorded", apiSecret: "the secret of a recorded account" };

/**
 * @typedef {object} RecordedAccount
 * @property {string} directory the files of the emulator
 * @property {Record<string, string>} environment the variables with its endpoint and credentials
 * @property {() => Promise<void>} stop keeps the directory
 * @property {() => Promise<void>} remove deletes it
 */

/** @returns {Promise<RecordedAccount>} an account with the anti-affinity group "apart", which no resource of this package can create */
export async function startRecordedAccount() {
  /** @type {typeof import("../../emulator/index.js")} */
  const { startEmulator } = require(join(root, "dist", "emulator", "index.js"));
  const directory = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-account-"));
  const remove = beforeExit(() => rmSync(directory, { recursive: true, force: true }));
  // If root runs this, guests have other users, who need access to their files.
  chmodSync(directory, 0o711);
  const stateDir = join(directory, "account");
  const emulator = await startEmulator({ ...credentials, stateDir, operationMs: 20, zones: ["ch-gva-2", "de-fra-1"] });
  const stop = beforeExit(() => emulator.close());
  await createGroup(emulator.endpoint);
  return { directory: stateDir, environment: { ...emulator.environment }, stop, remove };
}

/** @param {string} endpoint */
async function createGroup(endpoint) {
  /** @type {typeof import("../../provider/exoscale/client.js")} */
  const { Api } = require(join(root, "dist", "provider", "exoscale", "client.js"));
  const api = new Api({ endpoint, credentials: () => credentials });
  const call = { what: "create a group", path: "/anti-affinity-group", body: { name: "apart" } };
  await api.post(call, async () => undefined);
}
