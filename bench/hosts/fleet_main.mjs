// A process with the hosts, so that their time and memory are not the client's. Its parent sends requests over IPC.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ssh2 from "ssh2";
import { root } from "../../tools/setup/paths.mjs";

const require = createRequire(import.meta.url);
// The types are checked before the build.
const { startEmulator } = require(join(root, "dist/emulator/index.js"));
const { openAccount } = require(join(root, "dist/provider/account.js"));

/** @typedef {Awaited<ReturnType<import("../../emulator/index.js").Emulator["cloud"]["guest"]>>} Guest */
/** @typedef {{ guest: Guest, texts: Map<string, string>, base: number, before: number }} Machine */

/** The unit of processor times in /proc, in milliseconds. */
const TICK_MS = 10;

/** Guests are made this many at a time. */
const AT_ONCE = 4;

/** The accounts of a host that have the key, as cloud-init writes it. */
const users = /** @type {const} */ ([undefined, "root"]);

const emulator = await startEmulator({
  guests: "sshd",
  hostKeys: ["ed25519"],
  operationMs: 0,
  zones: ["ch-gva-2"],
  programs: process.argv.slice(2),
});
/** @type {Machine[]} */
const machines = [];
const zone = await openZone();
const keys = { old: newKey("old"), admin: newKey("admin") };

process.on("message", async (/** @type {{ id: number, name: string, argument: unknown }} */ { id, name, argument }) => {
  try {
    process.send?.({ id, answer: await requests[name]?.(argument) });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
process.on("disconnect", () => void emulator.close().then(() => process.exit()));

/** @type {Record<string, (argument: any) => Promise<unknown>>} */
const requests = {
  /** Adds hosts up to this number. */
  async grow(/** @type {number} */ count) {
    while (machines.length < count) {
      const more = Array.from({ length: Math.min(AT_ONCE, count - machines.length) }, createMachine);
      machines.push(...(await Promise.all(more)));
    }
    const hosts = machines.slice(0, count).map(({ guest: { address, port, user, hostKey } }) => ({
      host: address,
      port,
      user,
      hostKey,
    }));
    return { hosts, keys };
  },
  /** Writes the key into all files again, and begins to count processes. */
  async reset(/** @type {number} */ count) {
    for (const machine of machines.slice(0, count)) {
      for (const [user, text] of machine.texts) {
        await machine.guest.writeAuthorizedKeys(text, user === "" ? undefined : user);
      }
      machine.before = await newestProcess(machine.guest);
    }
  },
  /** The processor time of all hosts so far, in milliseconds, of processes that have ended. */
  async processor() {
    const [user = 0, system = 0] =
      readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ").slice(13, 15).map(Number) ?? [];
    return (user + system) * TICK_MS;
  },
  /** How many processes each host has started since. Only its sshd and what that starts is counted. */
  async processes(/** @type {number} */ count) {
    const started = [];
    for (const { guest, before, base } of machines.slice(0, count)) {
      started.push((await newestProcess(guest)) - before - base);
    }
    return started;
  },
  /** The hosts on which the key is still in a file. */
  async left(/** @type {number} */ count) {
    const found = [];
    for (const { guest, texts } of machines.slice(0, count)) {
      const now = await Promise.all(
        [...texts.keys()].map((/** @type {string} */ user) => guest.authorizedKeys(user === "" ? undefined : user)),
      );
      const isLeft = now.some(
        (/** @type {string} */ text) => text.includes(keys.old.publicKey) || !text.includes(keys.admin.publicKey),
      );
      if (isLeft) found.push(guest.address);
    }
    return found;
  },
};

process.send?.({ id: 0, answer: "ready" });

async function openZone() {
  Object.assign(process.env, emulator.environment);
  const account = openAccount(() => undefined);
  emulator.cloud.openSsh();
  return account.zone("ch-gva-2");
}

/** @param {string} name */
function newKey(name) {
  const generate = () => ssh2.utils.generateKeyPairSync(/** @type {any} */ ("ed25519"));
  let pair = generate();
  // The library cannot read about one in four hundred of its own Ed25519 keys.
  while (ssh2.utils.parseKey(pair.private) instanceof Error) pair = generate();
  return { name, privateKey: pair.private, publicKey: pair.public };
}

/** @returns {Promise<Machine>} */
async function createMachine() {
  for (const { name, publicKey } of Object.values(keys)) {
    if (!emulator.cloud.keys.some((/** @type {{ name: string }} */ key) => key.name === name))
      emulator.cloud.swapKey(name, publicKey);
  }
  const [type] = await zone.instanceTypes();
  const [template] = await zone.templates();
  if (type === undefined || template === undefined) throw new Error("The emulator has no type or no template.");
  const body = {
    name: `host-${machines.length}`,
    "instance-type": { id: type.id },
    template: { id: template.id },
    "disk-size": 10,
    "ssh-keys": Object.keys(keys).map((name) => ({ name })),
  };
  const id = await zone.instances.create(body, { findCreated: async () => undefined });
  const guest = await emulator.cloud.guest(id);
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const user of users) texts.set(user ?? "", await guest.authorizedKeys(user));
  const first = await newestProcess(guest);
  return { guest, texts, base: (await newestProcess(guest)) - first, before: 0 };
}

/**
 * The number of a new process. A host has its own numbers, in which every process is one more than the one before.
 *
 * @param {Guest} guest
 */
async function newestProcess(guest) {
  const { stdout } = await guest.asRoot("echo $$");
  return Number(stdout);
}
