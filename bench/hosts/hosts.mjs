// Measures the removal of one key from many hosts, beside the least that removes and proves it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { beforeExit } from "../../tools/process/leave.mjs";
import { printTable, summary } from "../figures.mjs";
import { Fleet } from "./fleet.mjs";
import { installPeers, peers, removeWithPeer } from "./peers.mjs";

/** @typedef {import("./client_main.mjs").Result & { processes: number, hostProcessor: number }} Measured */

/**
 * @typedef {object} HostOptions
 * @property {number[]} counts how many hosts
 * @property {number[]} concurrencies how many hosts at once
 * @property {number} rounds
 * @property {number} roundTrip milliseconds that the way adds
 * @property {number} silent how many of the hosts accept a connection and say nothing
 * @property {boolean} own whether the removed key logs in
 * @property {boolean} withPeers whether other tools are measured too
 * @property {string} work a directory for files
 */

/** How many times the floor's time. */
const GOAL = 1.5;

const kinds = /** @type {const} */ (["ours", "floor"]);

/** @param {HostOptions} options */
export async function benchHosts(options) {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return void process.stdout.write("Hosts are only measured on Linux, as root: they are guests with a real sshd\n\n");
  }
  const python = options.withPeers ? await installPeers() : undefined;
  // Ansible needs Python on the hosts.
  const fleet = await Fleet.start(options.withPeers ? ["python3"] : []);
  process.stdout.write(`${title(options)}\n`);
  const rows = [];
  for (const count of options.counts) {
    rows.push(...(await measureCount(fleet, count, options)));
    if (python !== undefined) rows.push(...(await measurePeers(fleet, count, options, python)));
  }
  printTable([header, ...rows]);
}

/**
 * What other tools take. Their processes do not include those that enter a host, and Ansible's connections stay open
 * for a while, so the hosts' time for them is not included either.
 *
 * @param {Fleet} fleet
 * @param {number} count
 * @param {HostOptions} options
 * @param {string} python
 */
async function measurePeers(fleet, count, options, python) {
  const rows = [];
  for (const concurrency of options.concurrencies) {
    for (const tool of peers) rows.push(await measurePeer(fleet, count, concurrency, options, python, tool));
  }
  return rows;
}

/**
 * @param {Fleet} fleet
 * @param {number} count
 * @param {number} concurrency
 * @param {HostOptions} options
 * @param {string} python
 * @param {typeof peers[number]} tool
 */
async function measurePeer(fleet, count, concurrency, { rounds, work }, python, tool) {
  const { hosts, keys } = await fleet.grow(count);
  /** @type {{ wall: number, processor: number, host: number, started: number }[]} */
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    await fleet.reset(count);
    const before = await fleet.processor();
    const result = await removeWithPeer(python, tool, { hosts, keys, concurrency }, work);
    const left = await fleet.left(count);
    if (left.length > 0) throw new Error(`${tool}: the files of ${left.join(", ")} are wrong.`);
    const started = (await fleet.processes(count)).reduce((sum, each) => sum + each, 0);
    measured.push({ ...result, host: (await fleet.processor()) - before, started });
  }
  const median = (/** @type {(each: typeof measured[number]) => number} */ of) => summary(measured.map(of)).median;
  const perHost = (/** @type {(each: typeof measured[number]) => number} */ of) => (median(of) / count).toFixed(1);
  return [
    `${tool} ${count}, ${concurrency}`,
    (median(({ wall }) => wall) / 1000).toFixed(2),
    "",
    perHost(({ processor }) => processor),
    perHost(({ host }) => host),
    perHost(({ started }) => started),
  ];
}

/** @param {Fleet} fleet @param {number} count @param {HostOptions} options @returns {Promise<string[][]>} */
async function measureCount(fleet, count, options) {
  const { hosts, keys } = await fleet.grow(count);
  const reached = await pathTo(hosts, options);
  // The first run reads files from the disk.
  const few = { hosts: hosts.slice(0, 2), keys, concurrency: 2, ...options };
  for (const kind of kinds) await measure(fleet, count, { kind, ...few });
  const rows = [];
  for (const concurrency of options.concurrencies) {
    /** @type {Record<string, Measured[]>} */
    const measured = { ours: [], floor: [] };
    for (let round = 0; round < options.rounds; round++) {
      // The order alternates, because the second of two runs finds more in the caches of the system.
      for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
        measured[kind]?.push(await measure(fleet, count, { kind, hosts: reached, keys, concurrency, ...options }));
      }
    }
    rows.push(...kinds.map((kind) => row(kind, count, concurrency, measured)));
  }
  return rows;
}

/** @param {HostOptions} options */
function title({ rounds, roundTrip, silent, own }) {
  const way = roundTrip > 0 ? `, ${roundTrip} ms of round trip` : "";
  const quiet = silent > 0 ? `, ${silent} hosts silent` : "";
  const login = own ? "the removed key logs in" : "another key logs in";
  return `One key off N hosts, files of the user and of root, ${login}${way}${quiet}; medians of ${rounds}`;
}

const header = [
  "N, at once",
  "wall s",
  "x floor",
  "client ms/host",
  "host ms/host",
  "processes/host",
  "connections/host",
  "commands/host",
  "kB out/host",
  "kB in/host",
  "peak MiB",
  "last done s",
  "goal",
];

/** @param {"ours" | "floor"} kind @param {number} count @param {number} concurrency @param {Record<string, Measured[]>} measured */
function row(kind, count, concurrency, measured) {
  const median = (/** @type {(each: Measured) => number} */ of, each = kind) =>
    summary((measured[each] ?? []).map(of)).median;
  const perHost = (/** @type {(each: Measured) => number} */ of) => median(of) / count;
  // Without the silent hosts, which take as long as the time limit.
  const lastDone = (/** @type {Measured} */ { ends }) => Math.max(0, ...ends);
  const times = median(lastDone) / median(lastDone, "floor");
  return [
    `${kind} ${count}, ${concurrency}`,
    (median(({ wall }) => wall) / 1000).toFixed(2),
    times.toFixed(2),
    perHost(({ processor }) => processor).toFixed(1),
    perHost(({ hostProcessor }) => hostProcessor).toFixed(1),
    median(({ processes }) => processes).toFixed(1),
    perHost(({ connections }) => connections).toFixed(1),
    perHost(({ commands }) => commands).toFixed(1),
    (perHost(({ sent }) => sent) / 1000).toFixed(1),
    (perHost(({ received }) => received) / 1000).toFixed(1),
    median(({ memory }) => memory).toFixed(0),
    (median(lastDone) / 1000).toFixed(2),
    kind === "floor" ? "" : times <= GOAL ? "met" : "MISSED",
  ];
}

/**
 * @param {Fleet} fleet
 * @param {number} count
 * @param {Omit<import("./client_main.mjs").Run, "timeoutMs"> & HostOptions} run
 * @returns {Promise<Measured>}
 */
async function measure(fleet, count, { silent, ...run }) {
  // The first, short runs do not go the long way, on which some hosts are silent.
  const unreachable = run.hosts.length === count ? silent : 0;
  await fleet.reset(count);
  const before = await fleet.processor();
  const client = fork(fileURLToPath(new URL("client_main.mjs", import.meta.url)));
  client.send({ ...run, timeoutMs: 20_000 });
  const [result] = await once(client, "message");
  await once(client, "exit");
  const hostProcessor = (await fleet.processor()) - before;
  if (result.failures.length !== unreachable) {
    throw new Error(`${run.kind}: ${result.failures.length} hosts failed: ${result.failures.join("; ")}`);
  }
  const started = await fleet.processes(count);
  const left = await fleet.left(run.hosts.length);
  if (left.length !== unreachable) throw new Error(`${run.kind}: the files of ${left.join(", ")} are wrong.`);
  // Each connection is one more process, outside of the host: the one that enters it.
  const processes = (started.reduce((sum, each) => sum + each, 0) + result.connections) / run.hosts.length;
  return { ...result, processes, hostProcessor };
}

/**
 * The hosts behind a long way.
 *
 * @param {import("./fleet.mjs").Host[]} hosts
 * @param {HostOptions} options
 */
async function pathTo(hosts, { roundTrip, silent }) {
  if (roundTrip === 0 && silent === 0) return hosts;
  const proxy = fork(fileURLToPath(new URL("proxy_main.mjs", import.meta.url)));
  beforeExit(() => proxy.disconnect());
  proxy.send({ delayMs: roundTrip / 2, targets: hosts, silent });
  const [ports] = await once(proxy, "message");
  return hosts.map((host, index) => ({ ...host, host: "127.0.0.1", port: ports[index] }));
}
