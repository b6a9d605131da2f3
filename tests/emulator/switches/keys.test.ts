/** The settings for SSH keys, with each of their values. */
import type { Settings } from "../../../emulator";
import { alice, bob, uncertainKeys } from "../../resources/known_keys";
import { type Client, closeAll, start } from "../world";

afterEach(closeAll);

const using = async (settings: Partial<Settings>) => await start({ guests: "none", settings });

/** The keys that the only instance lists. It was created with alice and bob, and alice was deleted then. */
async function listedAfterDeletion(client: Client) {
  await client.register("alice", alice.line);
  await client.register("bob", bob.line);
  const { id } = await client.create({ "ssh-keys": [{ name: "alice" }, { name: "bob" }] });
  await client.send("DELETE", "/ssh-key/alice");
  return (await client.get(`/instance/${id}`))["ssh-keys"];
}

describe("deletedKeys", () => {
  const bobs = { name: "bob", fingerprint: bob.md5 };

  test.each([
    ["listed", [{ name: "alice", fingerprint: alice.md5 }, bobs]],
    ["dropped", [bobs]],
    ["by-name", [{ name: "alice" }, bobs]],
  ] as const)("%s: an instance lists what it has left of a deleted key", async (deletedKeys, expected) => {
    const { client } = await using({ deletedKeys });
    expect(await listedAfterDeletion(client)).toEqual(expected);
  });

  test("by-name: the fingerprint is that of the key which has the name now", async () => {
    const { emulator, client } = await using({ deletedKeys: "by-name" });
    await client.register("alice", alice.line);
    const { id } = await client.create({ "ssh-keys": [{ name: "alice" }] });
    emulator.cloud.swapKey("alice", bob.line);
    expect((await client.get(`/instance/${id}`))["ssh-key"]).toEqual({ name: "alice", fingerprint: bob.md5 });
  });
});

describe("duplicateMaterial", () => {
  test.each([
    ["accepted", 200],
    ["refused", 409],
  ] as const)("%s: one key under a second name is answered with %d", async (duplicateMaterial, status) => {
    const { client } = await using({ duplicateMaterial });
    await client.register("alice", alice.line);
    expect((await client.register("alice-2", `${alice.line} again`)).status).toBe(status);
  });
});

describe("namesOfOneKey", () => {
  test.each([
    ["asked", ["alice-2", "alice"]],
    ["first", ["alice"]],
  ] as const)("%s: an instance lists a key with two names so", async (namesOfOneKey, names) => {
    const { client } = await using({ namesOfOneKey });
    await client.register("alice", alice.line);
    await client.register("alice-2", alice.line);
    const { id } = await client.create({ "ssh-keys": [{ name: "alice-2" }, { name: "alice" }] });
    const listed = (await client.get(`/instance/${id}`))["ssh-keys"];
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(names);
  });
});

test.each([400, 409] as const)("duplicateName: a name that is taken is refused with %d", async (duplicateName) => {
  const { client } = await using({ duplicateName });
  await client.register("alice", alice.line);
  expect((await client.register("alice", bob.line)).status).toBe(duplicateName);
});

describe("A kind of key is registered with its own fingerprint, or refused with 409:", () => {
  const { ecdsa, securityKey, rsa1024, rsa2048 } = uncertainKeys;
  test.each<[keyof Settings, string | number, { line: string; md5: string }, 200 | 409]>([
    ["ecdsaKeys", "accepted", ecdsa, 200],
    ["ecdsaKeys", "refused", ecdsa, 409],
    ["securityKeys", "accepted", securityKey, 200],
    ["securityKeys", "refused", securityKey, 409],
    ["smallestRsa", 1024, rsa1024, 200],
    ["smallestRsa", 2048, rsa1024, 409],
    ["smallestRsa", 2048, rsa2048, 200],
    ["smallestRsa", 3072, rsa2048, 409],
  ])("%s %s", async (name, value, { line, md5 }, status) => {
    const { emulator, client } = await using({ [name]: value });
    const reply = await client.register("key", line);
    expect(reply.status).toBe(status);
    expect(emulator.cloud.keys.map(({ fingerprint }) => fingerprint)).toEqual(status === 200 ? [md5] : []);
    if (status === 409) expect(reply.body).toEqual({ message: "Public key is invalid" });
  });
});

describe("unknownKeyAtCreate", () => {
  test.each([400, 404, 409] as const)("an instance and a pool with an unknown key get %d", async (status) => {
    const { client } = await using({ unknownKeyAtCreate: status });
    const order = await client.order({ "ssh-keys": [{ name: "nobody" }] });
    expect((await client.send("POST", "/instance", order)).status).toBe(status);
    expect((await client.send("POST", "/instance-pool", { ...order, name: "p", size: 1 })).status).toBe(status);
  });
});

describe("keysWithoutSupport", () => {
  test.each([
    ["ignored", 200],
    ["refused", 400],
  ] as const)("%s: keys on a template that installs none get %d", async (keysWithoutSupport, status) => {
    const { client } = await using({ keysWithoutSupport });
    await client.register("alice", alice.line);
    const keys = { "disk-size": 50, "ssh-keys": [{ name: "alice" }] };
    const windows = await client.order(keys, "Windows Server 2022");
    expect((await client.send("POST", "/instance", windows)).status).toBe(status);
  });
});

describe("keysInLists", () => {
  test.each([
    ["shown", ["ssh-key", "ssh-keys"]],
    ["hidden", []],
  ] as const)("%s: of an instance's keys a list has %j, and the instance itself both", async (keysInLists, fields) => {
    const { client } = await using({ keysInLists });
    await client.register("alice", alice.line);
    const { id } = await client.create({ "ssh-keys": [{ name: "alice" }] });
    const [listed] = (await client.get("/instance")).instances;
    expect(
      Object.keys(listed)
        .filter((name) => name.startsWith("ssh-"))
        .sort(),
    ).toEqual(fields);
    expect((await client.get(`/instance/${id}`))["ssh-key"]).toEqual({ name: "alice", fingerprint: alice.md5 });
  });
});
