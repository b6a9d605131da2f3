// Describes the machine on which the numbers were measured.
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";

/** Prints processor, memory, system, load and versions. The load shows whether the machine is busy. */
export function printMachine() {
  const load = loadavg().map((each) => each.toFixed(1));
  process.stdout.write(
    `${describeMachine()}, load ${load.join(" ")}\n` +
      `${describeVersions()}, ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC\n\n`,
  );
}

/** @returns {string} processor, memory and system */
export function describeMachine() {
  const [{ model } = { model: "unknown processor" }] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} x ${model.trim()}, ${gib} GiB, ${type()} ${release()}`;
}

/** @returns {string} of Node and Pulumi */
export function describeVersions() {
  return `Node ${process.version}, Pulumi ${execFileSync("pulumi", ["version"], { encoding: "utf8" }).trim()}`;
}
