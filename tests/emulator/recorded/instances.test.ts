/** The recorded behaviour of instances: create, read, update and delete. Each group names its source. */
import { alice, bob } from "../../resources/known_keys";
import { type Client, closeAll, start } from "../world";

afterEach(closeAll);

const none = { guests: "none" } as const;

async function typeId(client: Client, family: string, size: string): Promise<string> {
  const { "instance-types": types } = await client.get("/instance-type");
  return types.find((type: { family: string; size: string }) => type.family === family && type.size === size).id;
}

// Recorded on the wire.

test("shows references as bare ids, labels as a map that may be empty, and a MAC address of 06:", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  const shown = await client.get(`/instance/${id}`);
  const { template, "instance-type": type, "security-groups": groups } = shown;
  expect([template, type, groups[0]].map((reference) => Object.keys(reference))).toEqual([["id"], ["id"], ["id"]]);
  expect(shown).toMatchObject({ state: "running", labels: {}, "disk-encrypted": true });
  expect(shown["mac-address"]).toMatch(/^06(:[0-9a-f]{2}){5}$/);
});

// From what clients do, and expect in their tests.

test.each([
  ["ssh-keys", { "ssh-keys": [{ name: "alice" }, { name: "bob" }] }, ["alice", "bob"]],
  ["ssh-key", { "ssh-key": { name: "bob" } }, ["bob"]],
])("shows its keys in both forms and in lists, when %s was sent", async (_form, keys, names) => {
  const { client } = await start(none);
  await client.register("alice", alice.line);
  await client.register("bob", bob.line);
  const { id } = await client.create(keys);
  const shown = await client.get(`/instance/${id}`);
  expect(shown["ssh-keys"].map(({ name }: { name: string }) => name)).toEqual(names);
  expect(shown["ssh-key"]).toEqual(shown["ssh-keys"][0]);
  const [listed] = (await client.get("/instance")).instances;
  expect([listed["ssh-key"], listed["ssh-keys"]]).toEqual([shown["ssh-key"], shown["ssh-keys"]]);
});

test("has its public address from the first answer on, and shows user data as it was sent", async () => {
  const { client } = await start({ ...none, operationMs: 60_000 });
  const { body } = await client.send("POST", "/instance", await client.order({ "user-data": "I2Nsb3VkLWNvbmZpZwo=" }));
  const shown = await client.get(`/instance/${body.reference.id}`);
  expect(shown).toMatchObject({ state: "starting", "user-data": "I2Nsb3VkLWNvbmZpZwo=" });
  expect(shown["public-ip"]).toMatch(/^127(\.\d+){3}$/);
});

test("is in the default security group when none is given", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  const [group] = (await client.get(`/instance/${id}`))["security-groups"];
  expect((await client.get(`/security-group/${group.id}`)).name).toBe("default");
});

// From the API document.

test("starts after its creation, unless auto-start is false", async () => {
  const { client } = await start(none);
  const [on, off] = [await client.create(), await client.create({ "auto-start": false })];
  expect((await client.get(`/instance/${on.id}`)).state).toBe("running");
  expect((await client.get(`/instance/${off.id}`)).state).toBe("stopped");
});

test("keeps absent fields in an update, and clears labels that are null", async () => {
  const { client } = await start(none);
  const { id } = await client.create({ name: "web", labels: { a: "b" } });
  await client.settle("PUT", `/instance/${id}`, { "user-data": "aGk=" });
  expect(await client.get(`/instance/${id}`)).toMatchObject({ name: "web", labels: { a: "b" }, "user-data": "aGk=" });
  await client.settle("PUT", `/instance/${id}`, { labels: null });
  expect(await client.get(`/instance/${id}`)).toMatchObject({ name: "web", labels: {} });
});

test("accepts 32,768 characters of user data, and not one more", async () => {
  const { client } = await start(none);
  const { id } = await client.create({ "user-data": "x".repeat(32_768) });
  expect((await client.get(`/instance/${id}`))["user-data"]).toHaveLength(32_768);
  const longer = await client.send("PUT", `/instance/${id}`, { "user-data": "x".repeat(32_769) });
  expect(longer).toMatchObject({ status: 400, body: { errors: [{ path: "user-data" }] } });
});

test.each([
  ["a missing disk size", { "disk-size": undefined }, 400],
  ["a disk below the minimum", { "disk-size": 9 }, 400],
  ["a disk above the maximum", { "disk-size": 51_201 }, 400],
  ["an empty text as user data", { "user-data": "" }, 400],
  ["a repeated key", { "ssh-keys": [{ name: "a" }, { name: "a" }] }, 400],
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

test.each(["secureboot-enabled", "tpm-enabled", "application-consistent-snapshot-enabled"])(
  "shows %s as it was asked for, and false by default",
  async (member) => {
    const { client } = await start(none);
    const [on, off] = [await client.create({ [member]: true }), await client.create()];
    expect((await client.get(`/instance/${on.id}`))[member]).toBe(true);
    expect((await client.get(`/instance/${off.id}`))[member]).toBe(false);
  },
);

test("changes application-consistent snapshots in place", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  await client.settle("PUT", `/instance/${id}`, { "application-consistent-snapshot-enabled": true });
  await client.settle("PUT", `/instance/${id}`, { name: "web" });
  expect((await client.get(`/instance/${id}`))["application-consistent-snapshot-enabled"]).toBe(true);
});

test("enables the TPM of a stopped instance only", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  expect((await client.send("POST", `/instance/${id}:enable-tpm`)).status).toBe(400);
  await client.settle("PUT", `/instance/${id}:stop`);
  await client.settle("POST", `/instance/${id}:enable-tpm`);
  expect((await client.get(`/instance/${id}`))["tpm-enabled"]).toBe(true);
});

test("gets an IPv6 address with the older ipv6-enabled too", async () => {
  const { client } = await start(none);
  const { id } = await client.create({ "ipv6-enabled": true });
  const shown = await client.get(`/instance/${id}`);
  expect([shown["public-ip-assignment"], shown["ipv6-address"]]).toEqual([
    "dual",
    expect.stringMatching(/^2001:db8::/),
  ]);
});

test("refuses a deploy target, of which the account has none", async () => {
  const { client } = await start(none);
  const target = { "deploy-target": { id: "00000000-0000-4000-8000-000000000000" } };
  const reply = await client.send("POST", "/instance", await client.order(target));
  expect(reply).toMatchObject({ status: 404, body: { message: "Deploy target not found" } });
  expect((await client.get("/instance")).instances).toEqual([]);
});

test("refuses to boot in rescue mode with 501, and stays stopped", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  await client.settle("PUT", `/instance/${id}:stop`);
  const { status, body } = await client.send("PUT", `/instance/${id}:start`, { "rescue-profile": "netboot" });
  expect([status, body.message]).toEqual([501, expect.stringMatching(/^The emulator has no rescue mode\. /)]);
  expect((await client.get(`/instance/${id}`)).state).toBe("stopped");
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

test("scales and resizes only a stopped instance, never to a GPU, and never to a smaller disk", async () => {
  const { client } = await start(none);
  const { id } = await client.create({ "disk-size": 20 });
  const scale = async (family: string) => ({ "instance-type": { id: await typeId(client, family, "large") } });
  const gpu = { "instance-type": { id: await typeId(client, "gpu2", "small") } };
  expect((await client.send("PUT", `/instance/${id}:scale`, await scale("standard"))).status).toBe(400);
  await client.settle("PUT", `/instance/${id}:stop`);
  expect((await client.settle("PUT", `/instance/${id}:scale`, await scale("standard"))).state).toBe("success");
  expect((await client.send("PUT", `/instance/${id}:scale`, gpu)).status).toBe(400);
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

test("deletes an instance whose protection was removed, and accepts either request twice", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  for (const action of ["add", "add", "remove", "remove"]) {
    expect((await client.settle("PUT", `/instance/${id}:${action}-protection`)).state).toBe("success");
  }
  expect((await client.send("DELETE", `/instance/${id}`)).status).toBe(200);
});

test("adds an IPv6 address in place and never removes it", async () => {
  const { client } = await start(none);
  const { id } = await client.create();
  await client.settle("PUT", `/instance/${id}`, { "public-ip-assignment": "dual" });
  expect((await client.get(`/instance/${id}`))["ipv6-address"]).toMatch(/^2001:db8::/);
  expect((await client.send("PUT", `/instance/${id}`, { "public-ip-assignment": "inet4" })).status).toBe(409);
});

test("shows no security group for an instance without a public address", async () => {
  const { client } = await start(none);
  const { id } = await client.create({ "public-ip-assignment": "none" });
  expect((await client.get(`/instance/${id}`))["security-groups"]).toEqual([]);
});

test("refuses an instance of a type that is not authorized", async () => {
  const { client } = await start(none);
  const type = { "instance-type": { id: await typeId(client, "gpu2", "small") } };
  expect((await client.send("POST", "/instance", await client.order(type))).status).toBe(409);
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

test("shows the instances of one zone only there", async () => {
  const { emulator, client } = await start(none);
  await client.create();
  expect(emulator.cloud.instances("ch-gva-2")).toHaveLength(1);
  expect(emulator.cloud.instances("ch-dk-2")).toEqual([]);
});
