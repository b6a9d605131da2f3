import { type Emulator, startEmulator } from "../emulated";
import { alice } from "../resources/known_keys";
import { unnamedMachine as machine } from "../resources/known_machine";
import { leakedSecrets } from "./leaked_secrets";
import { Plugin, type Stored, settingsFor } from "./plugin_client";
import { secret, unknown, type Wire, withoutSecretMarks } from "./wire";

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

const anySecret = expect.objectContaining(secret(expect.any(String)));
const keysInAccount = () => emulator.cloud.keys.map(({ name }) => name);
const pairs: Stored[] = [];

/** Creates a pair for one test. */
async function createPair(news: Wire = {}): Promise<Stored> {
  const stored = await plugin.up("SshKeyPair", news, { seed: `seed ${pairs.length}` });
  pairs.push(stored);
  return stored;
}

describe("Create", () => {
  test("at a preview returns the inputs, an unknown name and unknown outputs, and creates nothing", async () => {
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

  test("registers the key and returns its id and its state, with marked secrets", async () => {
    const { id, properties } = await createPair({ passphrase: "hunter2", formats: ["pem"] });
    expect(keysInAccount()).toContain(id);
    expect(properties).toMatchObject({
      name: id,
      privateKeyOpenssh: anySecret,
      privateKeyPem: anySecret,
      passphrase: anySecret,
    });
  });

  test("returns the outputs that its preview announced, apart from optional ones", async () => {
    const { inputs } = await plugin.check("Instance", machine, { name: "web" });
    const preview = await plugin.create("Instance", inputs, { preview: true, name: "web" });
    const real = await plugin.create("Instance", inputs, { name: "web" });
    const unannounced = Object.keys(real.properties).filter((name) => !(name in preview.properties));
    expect(unannounced.filter((name) => !["owner", "unfinished"].includes(name))).toEqual([]);
  });

  test("returns no null and no identity", async () => {
    const { properties } = await plugin.up("Instance", { ...machine, labels: {} }, { name: "db" });
    expect(JSON.stringify(properties)).not.toMatch(/null|"identity"|urn:pulumi/);
  });
});

describe("Read", () => {
  test("of an unchanged object returns the same state and inputs", async () => {
    const { id, inputs, properties } = await createPair();
    expect(await plugin.read("SshKeyPair", id, { inputs, properties })).toEqual({ id, inputs, properties });
  });

  test("of an id alone finds the object in the account, as pulumi import needs it", async () => {
    emulator.cloud.swapKey("carol", alice.line);
    const { id, inputs, properties } = await plugin.read("SshKeyPair", "carol");
    expect({ id, ...properties }).toMatchObject({ id: "carol", name: "carol", publicKeyFingerprintMd5: alice.md5 });
    expect(inputs).toMatchObject({ name: "carol" });
    emulator.cloud.removeKey("carol");
  });

  test.each(["SshKeyPair", "SecurityGroup", "Instance"])("of a missing %s returns an empty answer", async (type) => {
    const id =
      type === "Instance" ? "ch-gva-2/5b5e5c1e-0000-4000-8000-000000000000" : "5b5e5c1e-0000-4000-8000-000000000000";
    expect(await plugin.read(type, id)).toEqual({ id: "", inputs: undefined, properties: undefined });
  });

  test("of an object that is gone returns an empty answer, which drops it from the state", async () => {
    const stored = await plugin.up("SshKeyPair", { publicKey: alice.line }, { name: "dave" });
    emulator.cloud.removeKey(stored.id);
    expect(await plugin.read("SshKeyPair", stored.id, stored)).toEqual({
      id: "",
      inputs: undefined,
      properties: undefined,
    });
  });

  test("of a pair that is gone keeps the private key, and warns at the resource", async () => {
    const stored = await createPair();
    emulator.cloud.removeKey(stored.id);
    const { properties } = await plugin.read("SshKeyPair", stored.id, stored);
    expect(properties).toMatchObject({ privateKeyOpenssh: stored.properties["privateKeyOpenssh"] });
    expect(plugin.engine.lines.at(-1)).toMatchObject({ severity: "warning", message: expect.stringContaining("gone") });
  });
});

describe("Update", () => {
  test("keeps the private key as a marked secret, and changes the new input", async () => {
    const stored = await createPair();
    const news = { ...stored.inputs, onDelete: "refuse" };
    expect(await plugin.update("SshKeyPair", stored, news)).toEqual({ ...stored.properties, onDelete: "refuse" });
  });

  test("at a preview changes nothing, and returns what is known", async () => {
    const stored = await createPair();
    const before = emulator.requests.length;
    const news = { ...stored.inputs, onDelete: "refuse", passphrase: "hunter3" };
    const shown = await plugin.update("SshKeyPair", stored, news, { preview: true });
    expect(shown).toMatchObject({ onDelete: "refuse", passphrase: secret("hunter3"), privateKeyPem: secret(unknown) });
    expect(emulator.requests.length).toBe(before);
  });
});

describe("Delete", () => {
  test("removes the key from the account in the next run", async () => {
    const stored = await createPair();
    await plugin.configure(settingsFor(emulator));
    await plugin.delete("SshKeyPair", stored);
    expect(keysInAccount()).not.toContain(stored.id);
  });

  test("of an object that is gone succeeds", async () => {
    const stored = await createPair();
    emulator.cloud.removeKey(stored.id);
    await plugin.configure(settingsFor(emulator));
    await expect(plugin.delete("SshKeyPair", stored)).resolves.toBeUndefined();
  });

  test("leaves an object that the same run created, because it is the replacement", async () => {
    const stored = await createPair();
    await plugin.delete("SshKeyPair", stored);
    expect(keysInAccount()).toContain(stored.id);
  });

  test("warns at the resource, before it answers, that it did not revoke the key", async () => {
    const stored = await createPair();
    const sshKeys = [{ name: stored.id, publicKeyOpenssh: withoutSecretMarks(stored.properties)["publicKeyOpenssh"] }];
    await plugin.up("Instance", { ...machine, sshKeys, state: "stopped" }, { name: "holder" });
    await plugin.configure(settingsFor(emulator));
    await plugin.delete("SshKeyPair", stored);
    expect(plugin.engine.lines.at(-1)).toEqual({
      severity: "warning",
      message: expect.stringMatching(/ is deleted from the account but not revoked: .*holder-/s),
      urn: "urn:pulumi:test::shop::exoscale-ssh:index:SshKeyPair::alice",
      ephemeral: false,
    });
  });
});

describe("Configure begins another operation, which", () => {
  test("forgets the keys that the operation before checked", async () => {
    await plugin.check("SshKeyPair", { name: "announced" });
    const sshKeys = [{ name: "announced" }];
    expect((await plugin.check("Instance", { ...machine, sshKeys })).failures).toEqual([]);
    await plugin.configure(settingsFor(emulator));
    const { failures } = await plugin.check("Instance", { ...machine, sshKeys });
    expect(failures).toEqual([{ property: "sshKeys[0].name", reason: expect.stringContaining('"announced"') }]);
  });

  test("uses other credentials and another zone if they are given", async () => {
    await plugin.configure({ ...settingsFor(emulator), apiSecret: "hunter3" });
    const refused = await plugin.check("SshKeyPair", {});
    expect(refused.failures).toEqual([{ property: "", reason: expect.stringContaining("403") }]);
    await plugin.configure({ ...settingsFor(emulator), zone: "ch-gva-2" });
    const { zone: _zone, ...anywhere } = machine;
    expect((await plugin.check("Instance", anywhere)).inputs).toMatchObject({ zone: "ch-gva-2" });
  });

  test("needs no credentials until a resource needs them", async () => {
    await plugin.configure({ endpoint: emulator.endpoint });
    const { failures } = await plugin.check("SshKeyPair", {});
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("exoscale-ssh:apiKey") }]);
    await plugin.configure(settingsFor(emulator));
  });
});

test("No answer and no log line contains a secret in plain text", () => {
  const privateKeys = pairs.map(({ properties }) => String(withoutSecretMarks(properties)["privateKeyOpenssh"]));
  const secrets = [emulator.environment.EXOSCALE_API_SECRET, "hunter2", "hunter3", ...privateKeys];
  expect(leakedSecrets(plugin, secrets)).toEqual([]);
});
