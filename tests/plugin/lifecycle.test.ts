import { type Emulator, startEmulator } from "../emulated";
import { alice } from "../resources/known_keys";
import { type Held, Plugin, settingsFor } from "./plugin_client";
import { clearSecrets } from "./secrets";
import { secret, unknown, type Wire, withoutSeals } from "./wire";

let emulator: Emulator;
let plugin: Plugin;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  plugin = await Plugin.configured(emulator);
});
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

const sealed = expect.objectContaining(secret(expect.any(String)));
const keysInAccount = () => emulator.cloud.keys.map(({ name }) => name);
const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const made: Held[] = [];

/** A pair that is made anew for one test. */
async function pair(news: Wire = {}): Promise<Held> {
  const held = await plugin.up("SshKeyPair", news, { seed: `seed ${made.length}` });
  made.push(held);
  return held;
}

describe("Create", () => {
  test("at a preview tells inputs, and of name and outputs that nobody knows them, makes nothing", async () => {
    const { inputs } = await plugin.check("SshKeyPair", { passphrase: "hunter2" });
    const before = emulator.requests.length;
    const { id, properties } = await plugin.create("SshKeyPair", inputs, { preview: true });
    expect({ id, ...properties }).toMatchObject({
      id: "",
      name: unknown,
      passphrase: secret("hunter2"),
      publicKeyOpenssh: unknown,
      privateKeyOpenssh: secret(unknown),
      privateKeyPem: secret(unknown),
    });
    expect(emulator.requests.length).toBe(before);
  });

  test("registers the key and answers its id and its state, secrets sealed", async () => {
    const { id, properties } = await pair({ passphrase: "hunter2" });
    expect(keysInAccount()).toContain(id);
    expect(properties).toMatchObject({
      name: id,
      privateKeyOpenssh: sealed,
      privateKeyPem: sealed,
      passphrase: sealed,
    });
  });

  test("answers the same outputs that its preview has announced, but for those that may be absent", async () => {
    const { inputs } = await plugin.check("Instance", machine, { name: "web" });
    const preview = await plugin.create("Instance", inputs, { preview: true, name: "web" });
    const real = await plugin.create("Instance", inputs, { name: "web" });
    const unannounced = Object.keys(real.properties).filter((name) => !(name in preview.properties));
    expect(unannounced.filter((name) => !["owner", "unfinished"].includes(name))).toEqual([]);
  });

  test("answers nothing that is null, and tells nobody who the resource is", async () => {
    const { properties } = await plugin.up("Instance", { ...machine, labels: {} }, { name: "db" });
    expect(JSON.stringify(properties)).not.toMatch(/null|"identity"|urn:pulumi/);
  });
});

describe("Read", () => {
  test("of what has not changed answers state and inputs as they were", async () => {
    const { id, inputs, properties } = await pair();
    expect(await plugin.read("SshKeyPair", id, { inputs, properties })).toEqual({ id, inputs, properties });
  });

  test("of an id alone finds what the account has, as pulumi import wants it", async () => {
    emulator.cloud.swapKey("carol", alice.line);
    const { id, inputs, properties } = await plugin.read("SshKeyPair", "carol");
    expect({ id, ...properties }).toMatchObject({ id: "carol", name: "carol", publicKeyFingerprintMd5: alice.md5 });
    expect(inputs).toMatchObject({ name: "carol" });
    emulator.cloud.removeKey("carol");
  });

  test.each(["SshKeyPair", "SecurityGroup", "Instance"])("of a missing %s answers nothing at all", async (type) => {
    const id =
      type === "Instance" ? "ch-gva-2/5b5e5c1e-0000-4000-8000-000000000000" : "5b5e5c1e-0000-4000-8000-000000000000";
    expect(await plugin.read(type, id)).toEqual({ id: "", inputs: undefined, properties: undefined });
  });

  test("of what is gone answers nothing at all, which drops it from the state", async () => {
    const held = await plugin.up("SshKeyPair", { publicKey: alice.line }, { name: "dave" });
    emulator.cloud.removeKey(held.id);
    expect(await plugin.read("SshKeyPair", held.id, held)).toEqual({
      id: "",
      inputs: undefined,
      properties: undefined,
    });
  });

  test("of a pair that is gone keeps the private key, and says so at the resource", async () => {
    const held = await pair();
    emulator.cloud.removeKey(held.id);
    const { properties } = await plugin.read("SshKeyPair", held.id, held);
    expect(properties).toMatchObject({ privateKeyOpenssh: held.properties["privateKeyOpenssh"] });
    expect(plugin.engine.lines.at(-1)).toMatchObject({ severity: "warning", message: expect.stringContaining("gone") });
  });
});

describe("Update", () => {
  test("keeps the private key, sealed, and changes what was asked for", async () => {
    const held = await pair();
    const news = { ...held.inputs, onDelete: "refuse" };
    expect(await plugin.update("SshKeyPair", held, news)).toEqual({ ...held.properties, onDelete: "refuse" });
  });

  test("at a preview changes nothing, and answers what is known", async () => {
    const held = await pair();
    const before = emulator.requests.length;
    const news = { ...held.inputs, onDelete: "refuse", passphrase: "hunter3" };
    const shown = await plugin.update("SshKeyPair", held, news, { preview: true });
    expect(shown).toMatchObject({ onDelete: "refuse", passphrase: secret("hunter3"), privateKeyPem: secret(unknown) });
    expect(emulator.requests.length).toBe(before);
  });
});

describe("Delete", () => {
  test("takes the key out of the account, in the next run", async () => {
    const held = await pair();
    await plugin.configure(settingsFor(emulator));
    await plugin.delete("SshKeyPair", held);
    expect(keysInAccount()).not.toContain(held.id);
  });

  test("of what is gone already succeeds", async () => {
    const held = await pair();
    emulator.cloud.removeKey(held.id);
    await plugin.configure(settingsFor(emulator));
    await expect(plugin.delete("SshKeyPair", held)).resolves.toBeUndefined();
  });

  test("leaves what the same run has made, which is the new half of a replacement", async () => {
    const held = await pair();
    await plugin.delete("SshKeyPair", held);
    expect(keysInAccount()).toContain(held.id);
  });

  test("says at the resource, before it answers, what it did not do", async () => {
    const held = await pair();
    const sshKeys = [{ name: held.id, publicKeyOpenssh: withoutSeals(held.properties)["publicKeyOpenssh"] }];
    await plugin.up("Instance", { ...machine, sshKeys, state: "stopped" }, { name: "holder" });
    await plugin.configure(settingsFor(emulator));
    await plugin.delete("SshKeyPair", held);
    expect(plugin.engine.lines.at(-1)).toEqual({
      severity: "warning",
      message: expect.stringMatching(/ is deleted from the account but not revoked: .*holder-/s),
      urn: "urn:pulumi:test::shop::exoscale-ssh:index:SshKeyPair::alice",
      ephemeral: false,
    });
  });
});

describe("Configure begins another operation, which", () => {
  test("remembers no key that the one before has checked", async () => {
    await plugin.check("SshKeyPair", { name: "announced" });
    const sshKeys = [{ name: "announced" }];
    expect((await plugin.check("Instance", { ...machine, sshKeys })).failures).toEqual([]);
    await plugin.configure(settingsFor(emulator));
    const { failures } = await plugin.check("Instance", { ...machine, sshKeys });
    expect(failures).toEqual([{ property: "sshKeys[0].name", reason: expect.stringContaining('"announced"') }]);
  });

  test("has other credentials and another zone, where they are given", async () => {
    await plugin.configure({ ...settingsFor(emulator), apiSecret: "hunter3" });
    const refused = await plugin.check("SshKeyPair", {});
    expect(refused.failures).toEqual([{ property: "", reason: expect.stringContaining("403") }]);
    await plugin.configure({ ...settingsFor(emulator), zone: "ch-gva-2" });
    const { zone: _zone, ...anywhere } = machine;
    expect((await plugin.check("Instance", anywhere)).inputs).toMatchObject({ zone: "ch-gva-2" });
  });

  test("does without credentials, until a resource needs them", async () => {
    await plugin.configure({ endpoint: emulator.endpoint });
    const { failures } = await plugin.check("SshKeyPair", {});
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("exoscale-ssh:apiKey") }]);
    await plugin.configure(settingsFor(emulator));
  });
});

test("No answer and no line has held a secret in clear", () => {
  const privateKeys = made.map(({ properties }) => String(withoutSeals(properties)["privateKeyOpenssh"]));
  const secrets = [emulator.environment.EXOSCALE_API_SECRET, "hunter2", "hunter3", ...privateKeys];
  expect(clearSecrets(plugin, secrets)).toEqual([]);
});
