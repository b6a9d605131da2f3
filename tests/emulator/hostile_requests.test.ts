/** Requests that no client of Exoscale sends: each is refused and changes nothing. */
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { authorization, type Client, closeAll, start } from "./world";

const NOBODY = "00000000-0000-4000-8000-000000000000";

let client: Client;
beforeEach(async () => {
  client = (await start({ guests: "none" })).client;
});
afterEach(closeAll);

async function poolOf(more: Record<string, unknown> = {}): Promise<string> {
  const order = await client.order({ name: "workers", size: 1, ...more });
  return (await client.settle("POST", "/instance-pool", order)).reference.id;
}

const statusOf = async (method: string, path: string, content?: unknown) =>
  (await client.send(method, path, content)).status;

/** Sends a body as it is, which may be none that JSON.stringify makes. */
async function statusOfText(path: string, body: string): Promise<number> {
  const { EXOSCALE_API_KEY: key, EXOSCALE_API_SECRET: secret } = client.emulator.environment;
  const headers = { authorization: authorization(secret, { method: "POST", path: `/v2${path}`, body, key }) };
  return (await fetch(`${client.endpoint}${path}`, { method: "POST", headers, body })).status;
}

test.each([
  "/security-group?visibility=secret",
  "/template?visibility=secret",
  "/instance?manager-type=nodepool",
  "/instance?manager-id=workers",
])("GET %s is a 400, because the API document does not have this value", async (path) => {
  expect(await statusOf("GET", path)).toBe(400);
});

test("a filter by label finds no instance by what every object has", async () => {
  await client.create({ labels: { team: "web" } });
  expect((await client.get("/instance?labels=toString")).instances).toEqual([]);
  expect((await client.get("/instance?labels=team")).instances).toHaveLength(1);
});

test("a pool of a billion members is a 409 at once, and leaves no member", async () => {
  expect(await statusOf("POST", "/instance-pool", await client.order({ name: "huge", size: 1e9 }))).toBe(409);
  expect((await client.get("/instance-pool"))["instance-pools"]).toEqual([]);
  expect((await client.get("/instance")).instances).toEqual([]);
});

test("a pool that cannot grow stays as it was", async () => {
  const id = await poolOf();
  expect(await statusOf("PUT", `/instance-pool/${id}:scale`, { size: 1e9 })).toBe(409);
  expect(await client.get(`/instance-pool/${id}`)).toMatchObject({ state: "running", size: 1 });
});

test("a pool over the quota is a 409, and leaves no member", async () => {
  ({ client } = await start({ guests: "none", settings: { instanceQuota: 2 } }));
  expect(await statusOf("POST", "/instance-pool", await client.order({ name: "large", size: 3 }))).toBe(409);
  expect((await client.get("/instance")).instances).toEqual([]);
});

test.each([
  ["template", { template: { id: NOBODY } }],
  ["instance type", { "instance-type": { id: NOBODY } }],
  ["security group", { "security-groups": [{ id: NOBODY }] }],
  ["anti-affinity group", { "anti-affinity-groups": [{ id: NOBODY }] }],
])("a pool cannot get an unknown %s in an update", async (_what, change) => {
  const id = await poolOf();
  const before = await client.get(`/instance-pool/${id}`);
  expect(await statusOf("PUT", `/instance-pool/${id}`, change)).toBe(404);
  expect(await client.get(`/instance-pool/${id}`)).toEqual(before);
});

test.each([
  ["lacks a list that is null at its creation", { "ssh-keys": null }],
  ["has no empty prefix at its creation", { "instance-prefix": "" }],
  ["has no number above 64 bits", { "min-available": 2 ** 64 }],
])("a pool %s: 400", async (_what, more) => {
  expect(await statusOf("POST", "/instance-pool", await client.order({ name: "workers", size: 1, ...more }))).toBe(400);
});

test("a pool shows no empty description, and its default prefix in place of an empty one", async () => {
  const id = await poolOf({ description: "" });
  await client.settle("PUT", `/instance-pool/${id}`, { "instance-prefix": "" });
  const pool = await client.get(`/instance-pool/${id}`);
  expect(pool["instance-prefix"]).toBe("pool");
  expect(pool).not.toHaveProperty("description");
});

test.each([
  ["a list of lists", (deep: string) => deep],
  ["an undeclared member of a reference", (deep: string) => `[{"name":"alice","more":${deep}}]`],
])("%s that is a million deep is refused as any wrong value is", async (_what, keysWith) => {
  const order = JSON.stringify(await client.order());
  for (const depth of [1e4, 1e6]) {
    const keys = keysWith("[".repeat(depth) + "]".repeat(depth));
    const status = await statusOfText("/instance", `${order.slice(0, -1)},"ssh-keys":${keys}}`);
    expect([400, 404]).toContain(status);
  }
});

test("a request that ends before its body does is no harm to the next one", async () => {
  const cut = request(`${client.endpoint}/ssh-key`, { method: "POST", headers: { "content-length": "100" } });
  const ended = new Promise((resolve) => cut.once("error", resolve));
  cut.write("{", () => cut.destroy(new Error("cut")));
  await ended;
  expect(await statusOf("GET", "/ssh-key")).toBe(200);
});

/** Whether something listens there. */
function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

test("neither the API nor a machine listens on an address that another computer reaches", async () => {
  const { emulator, client } = await start();
  emulator.cloud.openSsh();
  const { ip } = await client.create();
  const { zones } = await client.get("/zone");
  const endpoints = zones.map((zone: { "api-endpoint": string }) => Number(new URL(zone["api-endpoint"]).port));
  const sshPort = Number(emulator.environment.EXOSCALE_SSH_PORT);
  const open = async (host: string) => Promise.all([...endpoints, sshPort].map((port) => answers(host, port)));
  expect([await open("127.0.0.1"), await answers(ip, sshPort)]).toEqual([[true, true, true], true]);
  const others = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (const { address } of others.filter((each) => !each.address.startsWith("127."))) {
    expect([address, ...(await open(address))]).toEqual([address, false, false, false]);
  }
});
