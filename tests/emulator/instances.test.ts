import { type Client, closeAll, start } from "./world";

afterEach(closeAll);

const none = { guests: "none" } as const;
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

async function typeId(client: Client, family: string, size: string): Promise<string> {
  const { "instance-types": types } = await client.get("/instance-type");
  return types.find((type: { family: string; size: string }) => type.family === family && type.size === size).id;
}

test("names the instance in the pending answer, before it runs", async () => {
  const { client } = await start({ ...none, operationMs: 60_000 });
  const { body } = await client.send("POST", "/instance", await client.order({ name: "web" }));
  expect(body).toMatchObject({ state: "pending", reference: { command: "get-instance" } });
  expect(await client.get(`/instance/${body.reference.id}`)).toMatchObject({ name: "web", state: "starting" });
});

test("shows references as bare ids and keys in both forms", async () => {
  const { client } = await start(none);
  await client.register("alice", KEY);
  const { id } = await client.create({ "ssh-keys": [{ name: "alice" }] });
  const shown = await client.get(`/instance/${id}`);
  expect(Object.keys(shown.template)).toEqual(["id"]);
  expect(shown["ssh-keys"]).toEqual([shown["ssh-key"]]);
  expect(shown).toMatchObject({ state: "running", labels: {}, "ssh-key": { name: "alice" }, "disk-encrypted": true });
});

test("wears the default security group when none is given", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  const [group] = (await client.get(`/instance/${id}`))["security-groups"];
  expect((await client.get(`/security-group/${group.id}`)).name).toBe("default");
});

test.each([
  ["a missing disk size", { "disk-size": undefined }, 400],
  ["a disk below the minimum", { "disk-size": 9 }, 400],
  ["a repeated key", { "ssh-keys": [{ name: "a" }, { name: "a" }] }, 400],
  ["a key that nobody registered", { "ssh-keys": [{ name: "nobody" }] }, 404],
  ["a template that does not exist", { template: { id: "00000000-0000-4000-8000-000000000000" } }, 404],
  ["labels that are not text", { labels: { a: 1 } }, 400],
])("refuses to create with %s", async (_what, change, status) => {
  const { client } = await start(none);
  expect((await client.send("POST", "/instance", await client.order(change))).status).toBe(status);
});

test("refuses a disk that is smaller than the template", async () => {
  const { client } = await start(none);
  const body = await client.order({ "disk-size": 10 }, "Windows Server 2022");
  expect((await client.send("POST", "/instance", body)).status).toBe(400);
});

test("keeps listing a deleted key, or drops it, as told", async () => {
  const { emulator, client } = await start(none);
  await client.register("alice", KEY);
  const { id } = await client.create({ "ssh-key": { name: "alice" } });
  emulator.cloud.removeKey("alice");
  expect((await client.get(`/instance/${id}`))["ssh-keys"]).toHaveLength(1);
  emulator.cloud.set({ deletedKeys: "dropped" });
  expect((await client.get(`/instance/${id}`))["ssh-keys"]).toEqual([]);
});

test("finds instances by label, address and manager", async () => {
  const { client } = await start(none);
  const { ip } = await client.create({ name: "web", labels: { role: "web" } });
  await client.create({ name: "db", labels: { role: "db" } });
  const names = async (query: string) =>
    (await client.get(`/instance?${query}`)).instances.map(({ name }: { name: string }) => name);
  expect(await names("labels=role:web")).toEqual(["web"]);
  expect(await names(`ip-address=${ip}`)).toEqual(["web"]);
  expect(await names("manager-type=instance-pool")).toEqual([]);
});

test("changes name and labels in place and clears labels on request", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  await client.settle("PUT", `/instance/${id}`, { name: "new", labels: { a: "b" } });
  expect(await client.get(`/instance/${id}`)).toMatchObject({ name: "new", labels: { a: "b" } });
  await client.settle("DELETE", `/instance/${id}/labels`);
  expect(await client.get(`/instance/${id}`)).toMatchObject({ name: "new", labels: {} });
});

test("answers stop and start with the resource instead of a reference", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  const stopped = await client.settle("PUT", `/instance/${id}:stop`);
  expect(stopped).toMatchObject({ state: "success", resource: { id, type: "instance" } });
  expect((await client.get(`/instance/${id}`)).state).toBe("stopped");
  await client.settle("PUT", `/instance/${id}:start`, {});
  expect((await client.get(`/instance/${id}`)).state).toBe("running");
});

test("scales and grows only a stopped instance, within its family, never smaller", async () => {
  const { client } = await start(none);
  const { id } = await client.create({ "disk-size": 20 });
  const scale = async (family: string) => ({ "instance-type": { id: await typeId(client, family, "large") } });
  expect((await client.send("PUT", `/instance/${id}:scale`, await scale("standard"))).status).toBe(400);
  await client.settle("PUT", `/instance/${id}:stop`);
  expect((await client.settle("PUT", `/instance/${id}:scale`, await scale("standard"))).state).toBe("success");
  expect((await client.send("PUT", `/instance/${id}:scale`, await scale("cpu"))).status).toBe(400);
  expect((await client.send("PUT", `/instance/${id}:resize-disk`, { "disk-size": 10 })).status).toBe(400);
});

test("refuses to delete a protected instance with 403", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  await client.settle("PUT", `/instance/${id}:add-protection`);
  const { status, body } = await client.send("DELETE", `/instance/${id}`);
  expect(status).toBe(403);
  expect(body.message).toBe(
    `Operation delete-instance on resource ${id} is forbidden - reason: manual instance protection`,
  );
});

test("forgets a deleted instance once the operation has ended", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  expect((await client.settle("DELETE", `/instance/${id}`)).state).toBe("success");
  expect(await client.send("GET", `/instance/${id}`)).toMatchObject({
    status: 404,
    body: { message: "Instance not found" },
  });
});

test("keeps instances of one zone out of the others", async () => {
  const { emulator, client } = await start(none);
  await client.create();
  expect(emulator.cloud.instances("ch-gva-2")).toHaveLength(1);
  expect(emulator.cloud.instances("ch-dk-2")).toEqual([]);
});
