// One run of a client, in a process of its own: its processor time and memory are that of this run alone.
import { createRequire } from "node:module";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import ssh2 from "ssh2";
import { root } from "../../tools/setup/paths.mjs";
import { removeBarely } from "./floor.mjs";

const require = createRequire(import.meta.url);
// The types are checked before the build.
const { changeKeys } = require(join(root, "dist/provider/ssh/operations.js"));
const { mapConcurrently } = require(join(root, "dist/provider/resources/revocation/map_concurrently.js"));
const { HOLDER_PATIENCE_MS, MAX_SLOW_HOLDERS } = require(join(root, "dist/provider/resources/revocation/holders.js"));

/**
 * @typedef {object} Run
 * @property {"ours" | "floor"} kind
 * @property {import("./fleet.mjs").Host[]} hosts
 * @property {{ old: import("./fleet.mjs").Key, admin: import("./fleet.mjs").Key }} keys
 * @property {number} concurrency
 * @property {boolean} own whether the removed key logs in, as when a pair revokes itself
 * @property {number} timeoutMs
 *
 * @typedef {object} Result
 * @property {number} wall in milliseconds
 * @property {number} processor in milliseconds
 * @property {number} connections
 * @property {number} commands
 * @property {number} sent in bytes
 * @property {number} received in bytes
 * @property {number} memory the peak, in MiB
 * @property {number[]} ends when each host that did not fail was done, in milliseconds
 * @property {string[]} failures
 */

const counts = { connections: 0, commands: 0, sent: 0, received: 0 };
countCalls();

process.once("message", async (/** @type {Run} */ run) => {
  const work = run.kind === "ours" ? removeWithProvider : removeBarely;
  const credentials = credentialsOf(run);
  const before = performance.now();
  const processorBefore = process.cpuUsage();
  /** @type {number[]} */
  const ends = [];
  /** @type {string[]} */
  const failures = [];
  const removeFrom = async (/** @type {any} */ host) => {
    try {
      await work(host, run.keys, credentials, run.timeoutMs);
      ends.push(performance.now() - before);
    } catch (error) {
      failures.push(String(error));
    }
  };
  const patience = { ms: HOLDER_PATIENCE_MS, most: MAX_SLOW_HOLDERS };
  await mapConcurrently(run.concurrency, run.hosts, removeFrom, patience);
  const wall = performance.now() - before;
  const { user, system } = process.cpuUsage(processorBefore);
  const memory = process.resourceUsage().maxRSS / 1024;
  const result = { wall, processor: (user + system) / 1000, memory, ends, failures };
  // The last connections are still closing.
  setTimeout(() => process.send?.({ ...result, ...counts }, () => process.exit()), 200);
});

/** All hosts share these, as in a revocation. @param {Run} run */
function credentialsOf({ own, keys: { old, admin } }) {
  return (own ? [old, admin] : [admin]).map(({ privateKey }) => ({ privateKey }));
}

/**
 * As revocation/revoke_on_holder.ts does it.
 *
 * @param {import("./fleet.mjs").Host} host
 * @param {Run["keys"]} keys
 * @param {{ privateKey: string }[]} credentials
 * @param {number} timeoutMs
 */
async function removeWithProvider({ host, port, user, hostKey }, { old }, credentials, timeoutMs) {
  const access = { target: { host, port, user }, credentials, knownHostKeys: [hostKey], timeoutMs };
  const remove = [{ publicKeyOpenssh: old.publicKey }];
  const change = { user, alsoFrom: ["root"], remove, allowLockout: false, endSessions: false };
  const report = await changeKeys(access, { ...change, beforeOwnRemoval: async () => {} });
  if (report.closed.length !== 1 || report.removed.length !== 2) throw new Error(`${host}: ${JSON.stringify(report)}`);
}

function countCalls() {
  const { connect, exec } = ssh2.Client.prototype;
  ssh2.Client.prototype.connect = function (/** @type {import("ssh2").ConnectConfig} */ config) {
    counts.connections += 1;
    const socket = /** @type {import("node:net").Socket} */ (config.sock);
    socket.once("close", () => {
      counts.sent += socket.bytesWritten;
      counts.received += socket.bytesRead;
    });
    return connect.call(this, config);
  };
  ssh2.Client.prototype.exec = /** @type {any} */ (
    function (/** @type {any[]} */ ...args) {
      counts.commands += 1;
      // @ts-expect-error The arguments are those of the method.
      return exec.apply(this, args);
    }
  );
}
