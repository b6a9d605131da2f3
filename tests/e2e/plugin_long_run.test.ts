import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Emulator, startEmulator } from "../emulated";
import { Plugin, type Stored, settingsFor } from "../plugin/plugin_client";
import { type Wire, withoutSecretMarks } from "../plugin/wire";
import { alice } from "../resources/known_keys";
import { machine } from "./known_machine";

jest.setTimeout(600_000);

const BUNDLE = join(__dirname, "../../dist/plugin/plugin.cjs");
const PROBE = join(__dirname, "process_probe.cjs");
/** The probe asks V8 in an experimental way. */
const FLAGS = ["--expose-gc", "--disable-warning=ExperimentalWarning"];

/** The heap that a cycle may keep, in bytes: what one run remembers of a key that it has met. */
const KEPT_PER_CYCLE = 8 * 1024;
/** Compiled code, and what the next collection takes. */
const SPARE_HEAP = 2 * 1024 * 1024;
/** Pages that the allocator keeps. */
const SPARE_MEMORY = 60 * 1024 * 1024;
/** Sockets that wait to be used again, and their timers. */
const SPARE_FILES = 4;
const SPARE_TIMERS = 10;

/** What a process has, after its garbage is collected. */
interface Held {
  /** Bytes. */
  readonly heap: number;
  /** Bytes. */
  readonly resident: number;
  readonly files: number;
  /** Timers that run, also those that do not keep the process alive. */
  readonly timers: number;
}

/** The built plugin in a process of its own. */
class PluginProcess {
  readonly #process = spawn(process.execPath, [...FLAGS, "--require", PROBE, BUNDLE], { env: {} });
  readonly #errors = createInterface(this.#process.stderr);
  /** The lines on stderr that are not the probe's. */
  readonly complaints: string[] = [];

  async attach(): Promise<Plugin> {
    this.#errors.on("line", (line) => line.startsWith("{") || this.complaints.push(line));
    const [port] = await once(createInterface(this.#process.stdout), "line");
    return await Plugin.attach({ port: Number(port), close: () => this.#process.kill() });
  }

  async held(): Promise<Held> {
    const { pid } = this.#process;
    const said = once(this.#errors, "line");
    this.#process.kill("SIGUSR2");
    const { heap, timers } = JSON.parse(String(await said));
    const pages = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return { heap, resident: Number(pages) * 1024, files: readdirSync(`/proc/${pid}/fd`).length, timers };
  }
}

const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux("One process of the plugin (skipped outside Linux, where there is no /proc)", () => {
  let emulator: Emulator;
  let running: PluginProcess;
  let plugin: Plugin;
  beforeEach(async () => {
    emulator = await startEmulator({ operationMs: 0, zones: ["ch-gva-2"] });
    running = new PluginProcess();
    plugin = await running.attach();
    await plugin.configure(settingsFor(emulator));
  });
  afterEach(async () => {
    plugin.close();
    await emulator.close();
  });

  /** Makes resources and reads them; then another operation deletes them, as the one that made them would not. */
  async function liveAndDie(type: string, inputs: Wire, count: number): Promise<void> {
    const made: Stored[] = [];
    for (let each = 0; each < count; each += 1) {
      made.push(await plugin.up(type, inputs, { seed: `seed ${each}`, name: `${type}-${each}` }));
    }
    for (const stored of made) await plugin.read(type, stored.id, stored);
    await plugin.configure(settingsFor(emulator));
    for (const stored of made) await plugin.delete(type, stored);
  }

  async function repeat(times: number, work: () => Promise<void>): Promise<void> {
    for (let time = 0; time < times; time += 1) await work();
  }

  /** Has the process do something first, which is not measured, and then more of it. */
  async function expectNoMoreAfter(more: { cycles: number; work: () => Promise<void> }, first: () => Promise<void>) {
    await first();
    const before = await running.held();
    await more.work();
    const after = await running.held();
    expect(after.heap - before.heap).toBeLessThan(SPARE_HEAP + more.cycles * KEPT_PER_CYCLE);
    expect(after.resident - before.resident).toBeLessThan(SPARE_MEMORY);
    expect(after.files - before.files).toBeLessThanOrEqual(SPARE_FILES);
    expect(after.timers - before.timers).toBeLessThanOrEqual(SPARE_TIMERS);
    expect(running.complaints).toEqual([]);
  }

  test("has no more files, timers and memory after 500 keypairs than after 50", async () => {
    const fifty = () => liveAndDie("SshKeyPair", {}, 50);
    await expectNoMoreAfter({ cycles: 450, work: () => repeat(9, fifty) }, fifty);
    expect(emulator.cloud.keys).toEqual([]);
  });

  test("has no more of them after 200 security groups than after 50", async () => {
    const rules = [{ protocol: "tcp", startPort: 22, network: "0.0.0.0/0" }];
    const fifty = () => liveAndDie("SecurityGroup", { rules }, 50);
    await expectNoMoreAfter({ cycles: 150, work: () => repeat(3, fifty) }, fifty);
    expect(emulator.cloud.groups).toEqual(["default"]);
  });

  test("has no more of them after 50 keys on a machine than after 5", async () => {
    const [pair] = await pairs(1);
    const host = await openMachine(pair ? [pair] : []);
    const { privateKeyOpenssh: privateKey } = withoutSecretMarks(pair?.properties ?? {});
    const inputs = { connection: { host, user: "debian", privateKey }, publicKey: alice.line };
    const one = () => liveAndDie("AuthorizedKey", inputs, 1);
    await expectNoMoreAfter({ cycles: 45, work: () => repeat(45, one) }, () => repeat(5, one));
  });

  test("has no more of them after it has asked a machine about 25 deleted keys than after 5", async () => {
    const held = await pairs(30);
    await openMachine(held);
    await plugin.configure(settingsFor(emulator));
    const deleteAll = async (keys: readonly Stored[]) => {
      for (const key of keys) await plugin.delete("SshKeyPair", key);
    };
    await expectNoMoreAfter({ cycles: 25, work: () => deleteAll(held.slice(5)) }, () => deleteAll(held.slice(0, 5)));
    expect(emulator.cloud.keys).toEqual([]);
  });

  async function pairs(count: number): Promise<Stored[]> {
    const made: Stored[] = [];
    for (let round = 0; round < count; round += 1) {
      made.push(await plugin.up("SshKeyPair", {}, { name: `held-${round}`, seed: `held ${round}` }));
    }
    return made;
  }

  /** A machine that the pairs open. @returns its address */
  async function openMachine(keys: readonly Stored[]): Promise<unknown> {
    emulator.cloud.openSsh();
    const sshKeys = keys.map(({ id }) => ({ name: id }));
    const web = await plugin.up("Instance", { ...machine, sshKeys, waitForSsh: true }, { name: "web" });
    return web.properties["publicIp"];
  }
});
