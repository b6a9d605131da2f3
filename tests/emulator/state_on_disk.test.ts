import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmulatorOptions, startEmulator } from "../emulated";
import { command, exportsOf } from "./command";
import { Client, closeAll, KeyRing, start } from "./world";

let ring: KeyRing;
let stateDir: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  ring = await KeyRing.make();
  stateDir = await mkdtemp(join(tmpdir(), "emulator-state-"));
});

afterEach(async () => {
  child?.kill("SIGKILL");
  await closeAll();
  await ring.remove();
  await rm(stateDir, { recursive: true, force: true });
});

const opened = (options: EmulatorOptions = {}) => start({ stateDir, ...options });

/** An instance that was created with the key "alice", and somebody logged in to it. */
async function world() {
  const { emulator, client } = await opened();
  emulator.cloud.openSsh();
  await client.register("alice", await ring.generate("alice"));
  const { id, ip } = await client.create({ name: "web", "ssh-keys": [{ name: "alice" }] });
  const target = { ip, port: emulator.environment.EXOSCALE_SSH_PORT };
  expect(await ring.ssh(target, "alice", "true")).toMatchObject({ code: 0 });
  return { emulator, client, id, target };
}

/** Mode bits of a path, in octal. */
const mode = async (...path: string[]) => ((await stat(join(stateDir, ...path))).mode & 0o777).toString(8);

test("has the same variables and the same answers after a restart", async () => {
  const { emulator, client, id } = await world();
  await client.settle("POST", "/anti-affinity-group", { name: "apart" });
  const paths = [
    "/ssh-key",
    "/security-group",
    "/anti-affinity-group",
    "/instance",
    `/instance/${id}`,
    "/instance-pool",
  ];
  const before = await Promise.all(paths.map((path) => client.get(path)));
  await emulator.close();
  const { emulator: next } = await opened();
  expect(next.environment).toEqual(emulator.environment);
  // The client of before, with the variables of before.
  expect(await Promise.all(paths.map((path) => client.get(path)))).toEqual(before);
});

test("lets the same key in at the same address, which shows the host key of before", async () => {
  const { emulator, target } = await world();
  await emulator.close();
  await opened();
  // accept-new refuses a changed host key, so a login proves that it is the one of before.
  expect(await ring.ssh(target, "alice", "hostname; id -un")).toMatchObject({ code: 0, stdout: "web\ndebian\n" });
});

test("finds what was edited and written inside a guest, and its host name of first boot", async () => {
  const { emulator, client, id, target } = await world();
  const next = await ring.generate("next");
  await ring.ssh(target, "alice", `echo '${next}' > .ssh/authorized_keys; echo mine > notes`);
  await client.settle("PUT", `/instance/${id}`, { name: "renamed" });
  await emulator.close();
  await opened();
  expect((await ring.ssh(target, "alice", "true")).code).toBe(255);
  expect(await ring.ssh(target, "next", "cat notes; hostname")).toMatchObject({ code: 0, stdout: "mine\nweb\n" });
});

test("leaves a stopped instance stopped until it is started", async () => {
  const { emulator, client, id, target } = await world();
  await client.settle("PUT", `/instance/${id}:stop`);
  await emulator.close();
  await opened();
  expect((await client.get(`/instance/${id}`)).state).toBe("stopped");
  expect((await ring.ssh(target, "alice", "true")).stderr).toContain("Connection refused");
  await client.settle("PUT", `/instance/${id}:start`);
  expect((await ring.ssh(target, "alice", "true")).code).toBe(0);
});

test("gives no address twice, and forgets the files of what was destroyed", async () => {
  const { emulator, client, id, target } = await world();
  await client.settle("DELETE", `/instance/${id}`);
  await emulator.close();
  expect((await readdir(join(stateDir, "guests"))).filter((name) => name.startsWith(id))).toEqual([]);
  await opened();
  expect((await client.create()).ip).not.toBe(target.ip);
});

test("keeps a pool's members, and makes new ones for those that are lost", async () => {
  const { emulator, client } = await opened({ guests: "none" });
  await client.settle("POST", "/instance-pool", await client.order({ name: "workers", size: 2 }));
  const [lost, kept] = emulator.cloud.instances().map((instance) => String(instance["id"]));
  await emulator.close();
  const { emulator: next } = await opened({ guests: "none" });
  await next.cloud.destroyInstance(lost ?? "");
  const ids = next.cloud.instances().map((instance) => instance["id"]);
  expect(ids).toHaveLength(2);
  expect(ids).toContain(kept);
});

test("keeps a secret that was changed, and takes credentials and ports that are given", async () => {
  const { emulator } = await opened({ guests: "none" });
  emulator.rotateSecret("rotated");
  await emulator.close();
  const { emulator: next } = await opened({ guests: "none", apiKey: "EXOother", port: 0, sshPort: 2222 });
  expect(next.environment).toMatchObject({
    EXOSCALE_API_KEY: "EXOother",
    EXOSCALE_API_SECRET: "rotated",
    EXOSCALE_SSH_PORT: "2222",
  });
});

test("counts operations as settled that were pending when it was closed", async () => {
  const { emulator, client } = await opened({ operationMs: 60_000 });
  const { body: operation } = await client.send("POST", "/instance", await client.order());
  await emulator.close();
  await opened();
  expect((await client.get(`/operation/${operation.id}`)).state).toBe("success");
  expect((await client.get(`/instance/${operation.reference.id}`)).state).toBe("running");
});

/** A client of an emulator in another process, which keeps its operations pending until it is killed. */
async function slow() {
  child = command("emulator", "--state", stateDir, "--operation-ms", "60000");
  const variables = (await exportsOf(child)).map((line) => line.replace("export ", "").split(/=(.*)/s));
  const environment = Object.fromEntries(variables);
  // The variables are all that a client takes from an emulator.
  return new Client({ environment } as Client["emulator"], environment.EXOSCALE_API_ENDPOINT);
}

async function kill() {
  child?.kill("SIGKILL");
  await once(child ?? process, "close");
}

test("survives being killed with whatever was answered, under the same variables", async () => {
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

test("says of a change that a kill undid that it failed, and of a deletion that it happened", async () => {
  const { emulator, client: before } = await opened();
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

test("is for this user alone", async () => {
  const { emulator, id } = await world();
  const isRoot = process.getuid?.() === 0;
  // Guests of a root process have owners of their own, who must get through; they can list and read nothing on the way.
  expect([await mode(), await mode("guests")]).toEqual(isRoot ? ["711", "711"] : ["700", "700"]);
  expect([await mode("state.json"), await mode("lock"), await mode("guests", `${id}.json`)]).toEqual([
    "600",
    "600",
    "600",
  ]);
  expect(await mode("guests", id)).toBe("700");
  await emulator.close();
  expect((await readdir(stateDir)).sort()).toEqual(["guests", "state.json"]);
});

test("shows a guest nothing of the state that it lives in", async () => {
  const { target } = await world();
  const { stdout } = await ring.ssh(target, "alice", `cat ${join(stateDir, "state.json")} 2>&1`);
  expect(stdout).toMatch(/No such file|Permission denied/);
});

test("refuses a directory that another emulator has, and names its process", async () => {
  const { emulator } = await opened({ guests: "none" });
  const refusal = `The emulator of process ${process.pid} has the state in ${stateDir}`;
  await expect(startEmulator({ stateDir })).rejects.toThrow(refusal);
  await emulator.close();
  await expect(opened({ guests: "none" })).resolves.toBeDefined();
});

test("refuses a directory that an emulator in another process has", async () => {
  await slow();
  await expect(startEmulator({ stateDir })).rejects.toThrow(`The emulator of process ${child?.pid} has the state`);
});

test("takes over the lock of a process that is no more", async () => {
  // No process has this id: it is above the highest that Linux gives.
  await writeFile(join(stateDir, "lock"), "4194305 1");
  await opened({ guests: "none" });
  expect(await readFile(join(stateDir, "lock"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
});

test.each([
  ["cut short", (text: string) => text.slice(0, -20)],
  ["changed by hand", (text: string) => text.replace('"web"', '"other"')],
  ["emptied", () => ""],
])("refuses a state file that was %s, names it, and lets it be", async (_how, damage) => {
  const { emulator, client } = await opened({ guests: "none" });
  await client.create({ name: "web" });
  await emulator.close();
  const file = join(stateDir, "state.json");
  const damaged = damage(await readFile(file, "utf8"));
  await writeFile(file, damaged);
  await expect(startEmulator({ stateDir })).rejects.toThrow(`${file} is damaged`);
  expect(await readFile(file, "utf8")).toBe(damaged);
});

test("refuses damaged files of a guest, and names them", async () => {
  const { emulator, id } = await world();
  await emulator.close();
  const file = join(stateDir, "guests", `${id}.json`);
  await writeFile(file, "{}");
  await expect(startEmulator({ stateDir })).rejects.toThrow(`${file} is damaged`);
});

test("refuses a directory that holds something else", async () => {
  await writeFile(join(stateDir, "thesis.txt"), "");
  await expect(startEmulator({ stateDir })).rejects.toThrow(`${stateDir} holds files and no emulator's state`);
  expect(await readdir(stateDir)).toEqual(["thesis.txt"]);
});

test.each([
  ["EXOSCALE_API_ENDPOINT", "the API", "--port"],
  ["EXOSCALE_SSH_PORT", "the SSH servers", "--ssh-port"],
] as const)("says that the saved port of %s is taken, and what to do", async (variable, owner, flag) => {
  const { emulator } = await opened();
  const port = Number(/\d+(?=\/v2$|$)/.exec(emulator.environment[variable])?.[0]);
  await emulator.close();
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  const refusal = startEmulator({ stateDir });
  await expect(refusal).rejects.toThrow(`Port ${port}, which ${owner} had when the state was saved, is taken`);
  await expect(refusal).rejects.toThrow(flag);
  other.close();
});

test("refuses to leave out a zone in which the state has instances", async () => {
  const { emulator, client } = await opened({ guests: "none" });
  await client.create();
  await emulator.close();
  await expect(startEmulator({ stateDir, zones: ["at-vie-1"] })).rejects.toThrow("has instances in ch-gva-2");
});
