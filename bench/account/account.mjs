// Measures what the provider does in an account of thousands of instances. Nothing answers on them, so no time goes by on hosts.
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../tools/setup/paths.mjs";
import { BareClient } from "../api/bare_client.mjs";
import { startEmulator } from "../emulator.mjs";
import { printTable } from "../figures.mjs";
import { newPublicKey } from "../public_key.mjs";

const require = createRequire(import.meta.url);

/** How many keys the instances share: each key has a tenth of them. */
const KEYS = 10;
const WORKERS = 50;

/** @param {number[]} counts of instances in one zone */
export async function benchAccount(counts) {
  /** @type {string[][]} */
  const rows = [];
  for (const count of counts) rows.push(...(await measure(count)));
  process.stdout.write(`An account with so many instances in one zone, ${KEYS} keys with a tenth of them each\n`);
  printTable([["instances", "what", "seconds", "requests", "MB in the heap"], ...rows]);
}

/** @param {number} count @returns {Promise<string[][]>} */
async function measure(count) {
  let requests = 0;
  const emulator = await startEmulator({ guests: "none", onLog: () => requests++ });
  const client = new BareClient(emulator.environment, { operationMs: 0, requestsPerSecond: undefined });
  await fill(client, count);
  client.close();
  Object.assign(process.env, emulator.environment);
  const steps = stepsOf(count);
  /** @type {string[][]} */
  const rows = [];
  for (const [what, act] of steps) {
    globalThis.gc?.();
    const [heap, before, start] = [process.memoryUsage().heapUsed, requests, performance.now()];
    await act();
    const seconds = (performance.now() - start) / 1000;
    // The log comes by a pipe.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const megabytes = Math.max(0, process.memoryUsage().heapUsed - heap) / 1e6;
    rows.push([String(count), what, seconds.toFixed(2), String(requests - before), megabytes.toFixed(0)]);
  }
  await emulator.stop();
  return rows;
}

/** @param {number} index @returns {string} */
const keyName = (index) => `key-${index}`;

/** @param {BareClient} client @param {number} count */
async function fill(client, count) {
  for (let index = 0; index < KEYS; index++)
    await client.change("POST", "/ssh-key", { name: keyName(index), "public-key": newPublicKey() });
  const [type] = (await client.send("GET", "/instance-type"))["instance-types"];
  const [template] = (await client.send("GET", "/template")).templates;
  let next = 0;
  const work = async () => {
    for (let index = next++; index < count; index = next++) {
      const sshKeys = [{ name: keyName(index % KEYS) }];
      await client.change("POST", "/instance", {
        name: `web-${index}`,
        "instance-type": { id: type.id },
        template: { id: template.id },
        "disk-size": 10,
        "ssh-keys": sshKeys,
      });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

/** @param {number} count @returns {[what: string, act: () => Promise<unknown>][]} in this order */
function stepsOf(count) {
  const dist = (/** @type {string} */ file) => require(join(root, "dist", "provider", file));
  const { openAccount } = dist("account.js");
  const { findHolders } = dist("resources/revocation/holders.js");
  const { resources } = dist("resources/index.js");
  const { Run } = dist("resources/contract/run.js");
  const account = openAccount(() => undefined);
  const log = { info() {}, warn() {}, progress() {} };
  const context = { account, run: new Run(), files: undefined, log };
  const pairOf = async (/** @type {number} */ index) => {
    const listed = await account.sshKeys.find(keyName(index));
    const state = {
      name: listed.name,
      publicKeyFingerprintMd5: listed.fingerprint,
      onDelete: "warn",
      autoNamed: false,
    };
    return { allowLockout: false, adopt: false, ...state };
  };
  const search = async (/** @type {number} */ index) => {
    const { fingerprint } = await account.sshKeys.find(keyName(index));
    const holders = await findHolders(account, { name: keyName(index), fingerprintMd5: fingerprint });
    if (holders.length !== Math.ceil((count - index) / KEYS)) throw new Error(`${holders.length} holders were found.`);
  };
  return [
    ["find the holders of a key", () => search(1)],
    ["find the holders of all keys at once", () => Promise.all(Array.from({ length: KEYS }, (_, key) => search(key)))],
    ["delete a key with its warning", async () => resources.SshKeyPair.delete(keyName(2), await pairOf(2), context)],
  ];
}
