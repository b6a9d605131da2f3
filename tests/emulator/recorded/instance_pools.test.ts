/** Instance pools. A client works around updates that remove keys which they do not repeat; the rest is documented. */
import { type Client, closeAll, start } from "../world";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g";
const NOBODY = "00000000-0000-4000-8000-000000000000";

afterEach(closeAll);

async function poolOf(client: Client, size: number): Promise<string> {
  await client.register("alice", KEY);
  const order = await client.order({ name: "workers", size, "ssh-keys": [{ name: "alice" }] });
  return (await client.settle("POST", "/instance-pool", order)).reference.id;
}

test("creates members with the pool's key and the pool as their manager", async () => {
  const { client } = await start({ guests: "none" });
  const id = await poolOf(client, 2);
  const { instances } = await client.get(`/instance?manager-id=${id}`);
  expect(instances).toHaveLength(2);
  expect(instances[0]).toMatchObject({ manager: { type: "instance-pool", id }, "ssh-key": { name: "alice" } });
});

test("loses its keys in an update that does not repeat them", async () => {
  const { client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  await client.settle("PUT", `/instance-pool/${id}`, { name: "renamed" });
  expect(await client.get(`/instance-pool/${id}`)).toMatchObject({ name: "renamed", "ssh-keys": [] });
});

test("replaces a deleted member by a new one with the pool's key", async () => {
  const { emulator, client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  const [lost] = (await client.get(`/instance-pool/${id}`)).instances;
  await emulator.cloud.destroyInstance(lost.id);
  const [next] = (await client.get(`/instance-pool/${id}`)).instances;
  expect(next.id).not.toBe(lost.id);
  expect((await client.get(`/instance/${next.id}`))["ssh-key"].name).toBe("alice");
});

test("replaces its keys by a new list, and removes them for null", async () => {
  const { client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  await client.register("bob", OTHER_KEY);
  await client.settle("PUT", `/instance-pool/${id}`, { "ssh-keys": [{ name: "bob" }] });
  expect(await client.get(`/instance-pool/${id}`)).toMatchObject({ name: "workers", "ssh-keys": [{ name: "bob" }] });
  await client.settle("PUT", `/instance-pool/${id}`, { "ssh-keys": null });
  expect((await client.get(`/instance-pool/${id}`))["ssh-keys"]).toEqual([]);
});

test("shrinks by the members that are evicted from it", async () => {
  const { client } = await start({ guests: "none" });
  const id = await poolOf(client, 2);
  const [first, second] = (await client.get(`/instance-pool/${id}`)).instances;
  await client.settle("PUT", `/instance-pool/${id}:evict`, { instances: [first.id] });
  expect(await client.get(`/instance-pool/${id}`)).toMatchObject({ size: 1, instances: [second] });
});

test("leaves a label that was set on a member when its own labels change", async () => {
  const { client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  const [member] = (await client.get(`/instance-pool/${id}`)).instances;
  await client.settle("PUT", `/instance/${member.id}`, { labels: { note: "mine" } });
  await client.settle("PUT", `/instance-pool/${id}`, { labels: { team: "web" }, "ssh-keys": [{ name: "alice" }] });
  const shown = await client.get(`/instance/${member.id}`);
  expect(shown).toMatchObject({ labels: { note: "mine" }, manager: { type: "instance-pool", id } });
});

// The cluster autoscaler for Exoscale recognizes nodepools by this: the pool names the nodepool, a member the pool.
test("names the nodepool that owns it, while its members name the pool", async () => {
  const { emulator, client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  const manager = { type: "sks-nodepool", id: emulator.cloud.giveToNodepool(id) };
  const { "instance-pools": listed } = await client.get("/instance-pool");
  expect([listed[0].manager, (await client.get(`/instance-pool/${id}`)).manager]).toEqual([manager, manager]);
  expect((await client.get("/instance")).instances[0].manager).toEqual({ type: "instance-pool", id });
});

test("scales, and deletes its members when it is deleted", async () => {
  const { emulator, client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  await client.settle("PUT", `/instance-pool/${id}:scale`, { size: 3 });
  expect(emulator.cloud.instances()).toHaveLength(3);
  await client.settle("DELETE", `/instance-pool/${id}`);
  expect(emulator.cloud.instances()).toEqual([]);
});

test("shows what was declared about members, which get it too", async () => {
  const { client } = await start({ guests: "none" });
  const declared = { "application-consistent-snapshot-enabled": true, "public-ip-assignment": "dual" };
  const order = await client.order({ name: "workers", size: 1, "min-available": 1, ...declared });
  const id = (await client.settle("POST", "/instance-pool", order)).reference.id;
  const pool = await client.get(`/instance-pool/${id}`);
  expect(pool).toMatchObject({ ...declared, "min-available": 1, "ipv6-enabled": true });
  expect(await client.get(`/instance/${pool.instances[0].id}`)).toMatchObject(declared);
  await client.settle("PUT", `/instance-pool/${id}`, { "min-available": 0 });
  expect(await client.get(`/instance-pool/${id}`)).toMatchObject({ ...declared, "min-available": 0 });
});

test.each([
  ["Deploy target", { "deploy-target": { id: NOBODY } }],
  ["Elastic IP", { "elastic-ips": [{ id: NOBODY }] }],
  ["Private network", { "private-networks": [{ id: NOBODY }] }],
])("refuses a %s, of which the account has none", async (what, member) => {
  const { client } = await start({ guests: "none" });
  const order = await client.order({ name: "workers", size: 1, ...member });
  const reply = await client.send("POST", "/instance-pool", order);
  expect(reply).toMatchObject({ status: 404, body: { message: `${what} not found` } });
  expect((await client.get("/instance-pool"))["instance-pools"]).toEqual([]);
});
