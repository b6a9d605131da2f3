// A program: its arguments are the names of benchmarks; without one the short ones are run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { beforeExit, runMain } from "../tools/process/leave.mjs";
import { benchApi } from "./api/bench_api.mjs";
import { printMachine } from "./machine.mjs";
import { benchMemory } from "./memory.mjs";
import { benchOverhead } from "./overhead.mjs";
import { benchStart } from "./start.mjs";

const options = /** @type {const} */ ({
  rounds: { type: "string" },
  only: { type: "string", multiple: true },
  front: { type: "string" },
});

/** @typedef {{ rounds: number | undefined, only: string[], front: string | undefined }} Options `only` and `front`: for `api` */

/** @type {Record<string, (work: string, options: Options) => Promise<void>>} */
const benches = {
  start: (work, { rounds = 20 }) => benchStart(work, rounds),
  memory: (work) => benchMemory(work),
  overhead: (work, { rounds = 3 }) => benchOverhead(work, rounds),
  api: (work, { rounds = 3, only, front }) => benchApi(work, { rounds, only, front }),
  // No benchmark: writes docs/performance.md from what `api` measured. Vega takes a second to load.
  page: async () => (await import("./api/page.mjs")).writePage(),
};

/** The others take an hour. */
const short = ["start", "memory", "overhead"];

await runMain(async () => {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const unknown = positionals.find((name) => !benches[name]);
  if (unknown) throw new Error(`There is no benchmark "${unknown}". Name some of: ${Object.keys(benches).join(", ")}.`);
  const work = mkdtempSync(join(tmpdir(), "exoscale-ssh-bench-"));
  beforeExit(() => rmSync(work, { recursive: true, force: true }));
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error(`--rounds is "${values.rounds}". Give a whole number of 1 or more.`);
  }
  printMachine();
  const chosen = { rounds, only: values.only ?? [], front: values.front };
  for (const name of positionals.length > 0 ? positionals : short) await benches[name]?.(work, chosen);
  return 0;
});
