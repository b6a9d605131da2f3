import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StateDirectory } from "../../emulator/state_directory";
import { type EmulatorOptions, startEmulator } from "../emulated";
import { command, exportsOf } from "./command";
import { Client, closeAll, lastingPorts, start } from "./world";

let stateDir: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "emulator-state-"));
});

afterEach(async () => {
  child?.kill("SIGKILL");
  await closeAll();
  await rm(stateDir, { recursive: true, force: true });
});

const opened = (options: EmulatorOptions = {}) => start({ stateDir, ...options });
const openedFirst = async (options: EmulatorOptions = {}) => opened({ ...(await lastingPorts()), ...options });

test("keeps a pool's members, and replaces lost ones", async () => {
  const { emulator, client } = await openedFirst({ guests: "none" });
  await client.settle("POST", "/instance-pool", await client.order({ name: "workers", size: 2 }));
  const [lost, kept] = emulator.cloud.instances().map((instance) => String(instance["id"]));
  await emulator.close();
  const { emulator: next } = await opened({ guests: "none" });
  await next.cloud.destroyInstance(lost ?? "");
  const ids = next.cloud.instances().map((instance) => instance["id"]);
  expect(ids).toHaveLength(2);
  expect(ids).toContain(kept);
});

test("continues a state that an earlier version wrote, without the members that it did not know", async () => {
  const { emulator, client } = await openedFirst({ guests: "none" });
  const { id } = await client.create();
  await emulator.close();
  const directory = StateDirectory.open(stateDir);
  const saved = JSON.stringify(directory.readState() ?? {});
  directory.writeState(JSON.parse(saved.replace(/"(secureBoot|tpm|consistentSnapshots)":false,/g, "")));
  directory.release();
  const { emulator: next } = await opened({ guests: "none" });
  expect(next.cloud.instances()).toMatchObject([{ id, "tpm-enabled": false, "secureboot-enabled": false }]);
});

test("keeps a rotated secret, and uses credentials and ports that are given", async () => {
  const { emulator } = await openedFirst({ guests: "none" });
  emulator.rotateSecret("rotated");
  await emulator.close();
  const { emulator: next } = await opened({ guests: "none", apiKey: "EXOother", port: 0, sshPort: 2222 });
  expect(next.environment).toMatchObject({
    EXOSCALE_API_KEY: "EXOother",
    EXOSCALE_API_SECRET: "rotated",
    EXOSCALE_SSH_PORT: "2222",
  });
});

test("reports success for operations that were pending when it was closed", async () => {
  const { emulator, client } = await openedFirst({ operationMs: 60_000 });
  const { body: operation } = await client.send("POST", "/instance", await client.order());
  await emulator.close();
  await opened();
  expect((await client.get(`/operation/${operation.id}`)).state).toBe("success");
  expect((await client.get(`/instance/${operation.reference.id}`)).state).toBe("running");
});

/** A client of an emulator in another process, which keeps its operations pending until it is killed. */
async function slow() {
  const { port, sshPort } = await lastingPorts();
  const ports = ["--port", String(port), "--ssh-port", String(sshPort)];
  child = command("emulator", "--state", stateDir, "--operation-ms", "60000", ...ports);
  const variables = (await exportsOf(child)).map((line) => line.replace("export ", "").split(/=(.*)/s));
  const environment = Object.fromEntries(variables);
  // A client reads nothing else of an emulator.
  return new Client({ environment } as Client["emulator"], environment.EXOSCALE_API_ENDPOINT);
}

async function kill() {
  child?.kill("SIGKILL");
  await once(child ?? process, "close");
}

test("has every answered change after it was killed, under the same variables", async () => {
  const client = await slow();
  const { body: instance } = await client.send("POST", "/instance", await client.order({ name: "web" }));
  const { body: group } = await client.send("POST", "/security-group", { name: "office" });
  await kill();
  const { emulator } = await opened();
  expect(emulator.environment).toEqual(client.emulator.environment);
  expect(emulator.cloud.instances()).toMatchObject([{ name: "web", state: "running" }]);
  const operations = await Promise.all([instance, group].map(({ id }) => client.get(`/operation/${id}`)));
  expect(operations.map(({ state }) => state)).toEqual(["success", "success"]);
});

test("reports failure for a change that a kill undid, and success for a deletion", async () => {
  const { emulator, client: before } = await openedFirst();
  const [web, db] = [await before.create({ name: "web" }), await before.create({ name: "db" })];
  await emulator.close();
  const client = await slow();
  const { body: renaming } = await client.send("PUT", `/instance/${web.id}`, { name: "renamed" });
  const { body: deletion } = await client.send("DELETE", `/instance/${db.id}`);
  await kill();
  const { emulator: next } = await opened();
  expect(next.cloud.instances()).toMatchObject([{ name: "web" }]);
  expect(await client.get(`/operation/${renaming.id}`)).toMatchObject({ state: "failure", reason: "interrupted" });
  expect((await client.get(`/operation/${deletion.id}`)).state).toBe("success");
});

test("refuses a directory that another emulator uses, and names its process", async () => {
  const { emulator } = await openedFirst({ guests: "none" });
  const refusal = `The emulator of process ${process.pid} has the state in ${stateDir}`;
  await expect(startEmulator({ stateDir })).rejects.toThrow(refusal);
  await emulator.close();
  await expect(opened({ guests: "none" })).resolves.toBeDefined();
});

test("refuses a directory that an emulator in another process uses", async () => {
  await slow();
  await expect(startEmulator({ stateDir })).rejects.toThrow(`The emulator of process ${child?.pid} has the state`);
});

test("takes over the lock of a process that has ended", async () => {
  // No process has this id: it is above the highest id on Linux.
  await writeFile(join(stateDir, "lock"), "4194305 1");
  await opened({ guests: "none" });
  expect(await readFile(join(stateDir, "lock"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
});

test.each([
  ["cut short", (text: string) => text.slice(0, -20)],
  ["changed by hand", (text: string) => text.replace('"web"', '"other"')],
  ["emptied", () => ""],
])("refuses a state file that was %s, names it, and does not change it", async (_how, damage) => {
  const { emulator, client } = await openedFirst({ guests: "none" });
  await client.create({ name: "web" });
  await emulator.close();
  const file = join(stateDir, "state.json");
  const damaged = damage(await readFile(file, "utf8"));
  await writeFile(file, damaged);
  await expect(startEmulator({ stateDir })).rejects.toThrow(`${file} is damaged`);
  expect(await readFile(file, "utf8")).toBe(damaged);
});

test("refuses a directory that contains other files", async () => {
  await writeFile(join(stateDir, "thesis.txt"), "");
  await expect(startEmulator({ stateDir })).rejects.toThrow(`${stateDir} holds files and no emulator's state`);
  expect(await readdir(stateDir)).toEqual(["thesis.txt"]);
});

test.each([
  ["EXOSCALE_API_ENDPOINT", "the API", "--port"],
  ["EXOSCALE_SSH_PORT", "the SSH servers", "--ssh-port"],
] as const)("says that the saved port of %s is taken, and what to do", async (variable, owner, flag) => {
  const { emulator } = await openedFirst();
  const port = Number(/\d+(?=\/v2$|$)/.exec(emulator.environment[variable])?.[0]);
  await emulator.close();
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  const refusal = startEmulator({ stateDir });
  await expect(refusal).rejects.toThrow(`Port ${port}, which ${owner} had when the state was saved, is taken`);
  await expect(refusal).rejects.toThrow(flag);
  other.close();
});

test("refuses to start without a zone in which the state has instances", async () => {
  const { emulator, client } = await openedFirst({ guests: "none" });
  await client.create();
  await emulator.close();
  await expect(startEmulator({ stateDir, zones: ["at-vie-1"] })).rejects.toThrow("has instances in ch-gva-2");
});
