// A program: its arguments are `start`, `memory`, `overhead`; without one all are run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { beforeExit, runMain } from "../tools/process/leave.mjs";
import { printMachine } from "./machine.mjs";
import { benchMemory } from "./memory.mjs";
import { benchOverhead } from "./overhead.mjs";
import { benchStart } from "./start.mjs";

/** @type {Record<string, (work: string, rounds: number | undefined) => Promise<void>>} */
const benches = {
  start: (work, rounds = 20) => benchStart(work, rounds),
  memory: (work) => benchMemory(work),
  overhead: (work, rounds = 3) => benchOverhead(work, rounds),
};

await runMain(async () => {
  const { values, positionals } = parseArgs({ options: { rounds: { type: "string" } }, allowPositionals: true });
  const unknown = positionals.find((name) => !benches[name]);
  if (unknown) throw new Error(`There is no benchmark "${unknown}". Name some of: ${Object.keys(benches).join(", ")}.`);
  const work = mkdtempSync(join(tmpdir(), "exoscale-ssh-bench-"));
  beforeExit(() => rmSync(work, { recursive: true, force: true }));
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error(`--rounds is "${values.rounds}". Give a whole number of 1 or more.`);
  }
  printMachine();
  for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) await benches[name]?.(work, rounds);
  return 0;
});
