// A program: its arguments are the names of benchmarks; without one the short ones are run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { beforeExit, runMain } from "../tools/process/leave.mjs";
import { benchAccount } from "./account/account.mjs";
import { benchApi } from "./api/bench_api.mjs";
import { benchHosts } from "./hosts/hosts.mjs";
import { printMachine } from "./machine.mjs";
import { benchMemory } from "./memory.mjs";
import { benchOverhead } from "./overhead.mjs";
import { benchStart } from "./start.mjs";

const options = /** @type {const} */ ({
  rounds: { type: "string" },
  // For `api`:
  only: { type: "string", multiple: true },
  front: { type: "string" },
  // For `hosts`:
  count: { type: "string", default: "50,100" },
  concurrency: { type: "string", default: "16" },
  "round-trip": { type: "string", default: "0" },
  silent: { type: "string", default: "0" },
  own: { type: "boolean", default: false },
  peers: { type: "boolean", default: false },
});

/** The others take from minutes to an hour. */
const short = ["start", "memory", "overhead"];

await runMain(async () => {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const { only = [], front } = values;
  const [given] = values.rounds === undefined ? [] : numbers("rounds", values.rounds);
  const hosts = {
    counts: numbers("count", values.count),
    concurrencies: numbers("concurrency", values.concurrency),
    roundTrip: Number(values["round-trip"]),
    silent: Number(values.silent),
    own: values.own,
    withPeers: values.peers,
  };
  /** @type {Record<string, (work: string) => Promise<void>>} */
  const benches = {
    start: (work) => benchStart(work, given ?? 20),
    memory: (work) => benchMemory(work),
    overhead: (work) => benchOverhead(work, given ?? 3),
    api: (work) => benchApi(work, { rounds: given ?? 3, only, front }),
    // No benchmark: writes docs/performance.md from what `api` measured. Vega takes a second to load.
    page: async () => (await import("./api/page.mjs")).writePage(),
    account: () => benchAccount([100, 1_000, 10_000]),
    hosts: (work) => benchHosts({ ...hosts, work, rounds: given ?? 3 }),
  };
  const unknown = positionals.find((name) => !benches[name]);
  if (unknown) throw new Error(`There is no benchmark "${unknown}". Name some of: ${Object.keys(benches).join(", ")}.`);
  const work = mkdtempSync(join(tmpdir(), "exoscale-ssh-bench-"));
  beforeExit(() => rmSync(work, { recursive: true, force: true }));
  printMachine();
  for (const name of positionals.length > 0 ? positionals : short) await benches[name]?.(work);
  return 0;
});

/** @param {string} name of the option @param {string} text @returns {number[]} */
function numbers(name, text) {
  const all = text.split(",").map(Number);
  if (all.every((number) => Number.isInteger(number) && number > 0)) return all;
  throw new Error(`--${name} is "${text}". Give a whole number of 1 or more.`);
}
