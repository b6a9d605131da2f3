// Measures the peak memory of the plugin and its child processes.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PROGRAM } from "../tools/dist/bundle.mjs";
import { descendants } from "../tools/process/tree.mjs";
import { startEmulator } from "./emulator.mjs";
import { printTable } from "./figures.mjs";
import { buildExecutable, launcher } from "./plugins.mjs";
import { memoryOf, readProcess } from "./process_figures.mjs";
import { Stack } from "./stack.mjs";

/** In MB. */
const GOAL = 150;

/** How often to take a sample, in milliseconds. The peak of each process is exact, because the kernel records it. */
const SAMPLE_INTERVAL = 100;

/** @type {{ name: string, program: import("./stack.mjs").Program }[]} */
const loads = [
  { name: "500 pairs", program: { front: "plugin", pairs: 500 } },
  { name: "480 pairs, 20 instances", program: { front: "plugin", pairs: 480, instances: 20 } },
];

/** @param {string} work a directory for files */
export async function benchMemory(work) {
  if (process.platform !== "linux") return void process.stdout.write("Memory is only measured on Linux\n\n");
  const program = await buildExecutable(work);
  process.stdout.write(`Memory of the plugin and its children, in MB (goal: < ${GOAL})\n`);
  for (const [form, plugin] of [["npm package", launcher], ...(program ? [["executable", program]] : [])]) {
    for (const { name, program } of loads) {
      const rows = await measure(`${form ?? ""}, ${name}`, plugin ?? "", program, work);
      printTable([["", "total peak", "peak of the plugin", "of that private", "processes", "goal"], ...rows]);
    }
  }
}

/** @param {string} name @param {string} plugin @param {import("./stack.mjs").Program} program @param {string} work */
async function measure(name, plugin, program, work) {
  const emulator = await startEmulator({ guests: program.instances ? "ssh2" : "none" });
  const folder = join(work, `memory-${readdirSync(work).length}`);
  const stack = new Stack(folder, emulator.environment, plugin);
  await stack.declare(program);
  const rows = [];
  for (const command of /** @type {const} */ (["up", "refresh", "destroy"])) {
    const watch = new MemoryWatch();
    await stack.run(command, (pid) => watch.start(pid));
    rows.push([`${name}: ${command}`, ...watch.cells()]);
  }
  await emulator.stop();
  return rows;
}

/** Samples the processes of the plugin while a command runs. */
class MemoryWatch {
  together = 0;
  peak = 0;
  own = 0;
  processes = 0;

  /** @param {number} engine @returns {() => void} stops the sampling */
  start(engine) {
    const timer = setInterval(() => this.sample(engine), SAMPLE_INTERVAL);
    return () => clearInterval(timer);
  }

  /** @param {number} engine */
  sample(engine) {
    const plugin = descendants(engine).find((pid) => readProcess(pid, "cmdline").includes(PROGRAM));
    if (plugin === undefined) return;
    const [own, ...children] = [plugin, ...descendants(plugin)].map(memoryOf);
    if (!own) return;
    this.peak = Math.max(this.peak, own.peak);
    this.own = Math.max(this.own, own.anonymous);
    this.processes = Math.max(this.processes, 1 + children.length);
    this.together = Math.max(this.together, own.peak + children.reduce((sum, { now }) => sum + now, 0));
  }

  cells() {
    if (this.processes === 0) throw new Error("No process of the plugin was found.");
    const megabytes = [this.together, this.peak, this.own].map((kilobytes) => ((kilobytes * 1024) / 1e6).toFixed(0));
    return [...megabytes, String(this.processes), Number(megabytes[0]) < GOAL ? "met" : "MISSED"];
  }
}
