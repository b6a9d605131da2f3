// Measures how long the plugin takes until it has printed its port, and until it has answered Configure.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { credentials } from "@grpc/grpc-js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { printTable, spread, summary } from "./figures.mjs";
import { buildExecutable, bundle, compiled, hasFiles, launcher } from "./plugins.mjs";

/** Until the port is printed, in milliseconds. The engine waits for that. */
const GOAL = 150;

/** The argument of a plugin: the address of the engine. Nothing listens there; a plugin connects after 15 seconds. */
const ENGINE = "127.0.0.1:9";

/** @typedef {{ name: string, command: string[] }} StartCommand */

/** @param {string} work a directory for files @param {number} rounds */
export async function benchStart(work, rounds) {
  const caches = join(work, "caches");
  const commands = await listStartCommands(work);
  await fillCache(caches);
  const ready = new Map(commands.map(({ name }) => [name, /** @type {Start[]} */ ([])]));
  /** @type {number[]} */
  const bare = [];
  // In turn, so that other load on the machine affects all of them alike.
  for (let round = 0; round < rounds; round++) {
    bare.push(await measureNodeAlone(caches));
    for (const { name, command } of commands) ready.get(name)?.push(await measure(command, caches));
  }
  process.stdout.write(
    `Start of the plugin, ${rounds} times each, in milliseconds: min / median / max (goal: port in < ${GOAL})\n`,
  );
  printTable([
    ["", "to the port", "to Configure answered", "processor time", "goal"],
    ["Node alone, printing one line", spread(bare), "", "", ""],
    ...[...ready].map(([name, starts]) => row(name, starts)),
  ]);
}

/** @param {string} work @returns {Promise<StartCommand[]>} */
async function listStartCommands(work) {
  const program = await buildExecutable(work);
  return [
    { name: "node on the output of tsc", command: [process.execPath, compiled] },
    { name: "node on the bundle", command: [process.execPath, bundle] },
    { name: "npm package: the bundle with a compile cache", command: [process.execPath, launcher] },
    ...(program ? [{ name: "executable", command: [program] }] : []),
  ];
}

/** @param {string} caches the launcher writes its compile cache there one second after its first start */
async function fillCache(caches) {
  const { child, port } = await start([process.execPath, launcher], caches);
  while (!hasFiles(caches)) await sleep(50);
  // It may still be writing. It answers only after that.
  await configure(port);
  child.kill();
  await once(child, "exit");
}

/**
 * In milliseconds; `processor` is the time of the processor.
 *
 * @typedef {{ port: number, configured: number, processor: number }} Start
 */

/** @param {string[]} command @param {string} caches @returns {Promise<Start>} */
async function measure(command, caches) {
  const before = performance.now();
  const { child, port } = await start(command, caches);
  const printed = performance.now();
  await configure(port);
  const configured = performance.now();
  const processor = processorTime(child.pid ?? 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  return { port: printed - before, configured: configured - before, processor };
}

/** @param {number} port of a plugin @returns {Promise<void>} resolves when it has answered */
async function configure(port) {
  const client = new providerService.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const args = struct.Struct.fromJavaScript({ apiKey: "EXObench", apiSecret: "bench", zone: "ch-gva-2" });
  const request = new provider.ConfigureRequest().setArgs(args).setAcceptsecrets(true);
  await new Promise((resolve, reject) => client.configure(request, (error) => (error ? reject(error) : resolve(true))));
  client.close();
}

/** The lower bound for a program in JavaScript, under the same load. @param {string} caches */
async function measureNodeAlone(caches) {
  const before = performance.now();
  const { child } = await start([process.execPath, "-e", "console.log(1)"], caches);
  const printed = performance.now();
  child.kill("SIGKILL");
  return printed - before;
}

/** @param {string[]} command @param {string} caches */
async function start([program = "", ...args], caches) {
  const env = { ...process.env, XDG_CACHE_HOME: caches };
  const child = spawn(program, [...args, ENGINE], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await Promise.race([once(child.stdout, "data"), rejectOnExit(child, program)]);
  return { child, port: Number(line) };
}

/** @param {import("node:child_process").ChildProcess} child @param {string} program @returns {Promise<never>} rejects when it has ended */
async function rejectOnExit(child, program) {
  const [code, signal] = await once(child, "close");
  throw new Error(`${program} ended with ${code ?? signal} before it printed its port.`);
}

/**
 * The processor time of all threads of the process. Unlike the time that passed, it hardly depends on other load on the
 * machine.
 *
 * @param {number} pid
 * @returns {number} in milliseconds; NaN except on Linux
 */
function processorTime(pid) {
  if (process.platform !== "linux") return Number.NaN;
  const tasks = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = tasks.map((task) =>
    Number.parseInt(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8"), 10),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** @param {string} name @param {Start[]} starts */
function row(name, starts) {
  const configured = starts.map((each) => each.configured);
  const verdict = summary(starts.map(({ port }) => port)).median < GOAL ? "met" : "MISSED";
  const processor = spread(starts.map((each) => each.processor));
  return [name, spread(starts.map(({ port }) => port)), spread(configured), processor, verdict];
}
