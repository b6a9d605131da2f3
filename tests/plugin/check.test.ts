import { resources } from "../../provider/resources";
import { check } from "../../provider/resources/contract/check";
import { type Emulator, startEmulator } from "../emulated";
import { alice, rsa1024 } from "../resources/known_keys";
import { Run } from "../resources/world";
import { Plugin } from "./plugin_client";
import { clearSecrets } from "./secrets";
import { output, reference, secret, unknown, unknowns, type Wire } from "./wire";

let emulator: Emulator;
let plugin: Plugin;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  plugin = await Plugin.configured(emulator, { zone: "ch-gva-2" });
});
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

const machine = { type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const rule = { protocol: "tcp", startPort: 22, network: "0.0.0.0/0" };

describe("Check", () => {
  test("fills in defaults and a name, and tells nobody who the resource is", async () => {
    const { inputs, failures } = await plugin.check("SshKeyPair", {});
    const name = expect.stringMatching(/^alice-[0-9a-f]{7}$/);
    const filled = { algorithm: "ed25519", onDelete: "warn", allowLockout: false, adopt: false, autoNamed: true };
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ ...filled, name });
  });

  test("takes the zone of the provider where the program says none", async () => {
    expect((await plugin.check("Instance", machine)).inputs).toMatchObject({ zone: "ch-gva-2" });
  });

  test("opens secrets in any place, and seals again, whole, what has one in it", async () => {
    const given = { comment: secret("robot"), passphrase: secret("hunter2"), triggers: [secret("2026")] };
    const { inputs, failures } = await plugin.check("SshKeyPair", given);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ ...given, triggers: secret(["2026"]) });
  });

  test("seals as a whole what a program gave in clear, or with a secret in it", async () => {
    const connection = { user: "root", passphrase: "hunter2" };
    const sealed = { ...machine, connection: { ...connection, passphrase: secret("hunter2") }, userData: "#!hunter2" };
    const { inputs } = await plugin.check("Instance", sealed);
    expect(inputs).toMatchObject({ connection: secret(connection), userData: secret("#!hunter2") });
  });

  test("takes outputs for what they hold, and resources for their ids", async () => {
    const rules = [{ ...rule, description: output({ value: "ssh", dependencies: [] }) }];
    expect((await plugin.check("SecurityGroup", { rules })).inputs).toMatchObject({
      rules: [{ ...rule, description: "ssh" }],
    });
    const groups = { securityGroups: [reference("5b5e5c1e-0000-4000-8000-000000000000"), reference("")] };
    const { inputs } = await plugin.check("Instance", { ...machine, ...groups });
    expect(inputs["securityGroups"]).toEqual(["5b5e5c1e-0000-4000-8000-000000000000", unknown]);
  });

  test("forgets what is null, which a program wrote as undefined", async () => {
    const { inputs } = await plugin.check("SshKeyPair", { comment: null, connection: { user: null } });
    expect(inputs).not.toHaveProperty("comment");
    expect(inputs["connection"]).toEqual(secret({}));
  });
});

describe("Check lets pass what is not known yet, and gives it back:", () => {
  test.each(Object.entries(unknowns))("an unknown %s", async (_type, mark) => {
    const { inputs, failures } = await plugin.check("SecurityGroup", { name: mark, rules: mark });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ name: unknown, rules: unknown });
  });

  test("every input of an instance at once", async () => {
    const names = Object.keys(resources.Instance.inputs.shape).filter((name) => !/^(identity|autoNamed)$/.test(name));
    const { failures, inputs } = await plugin.check(
      "Instance",
      Object.fromEntries(names.map((name) => [name, unknown])),
    );
    expect(failures).toEqual([]);
    expect(Object.keys(inputs).sort()).toEqual([...names, "autoNamed"].sort());
  });

  test("a value in a list, in a map, and a whole item", async () => {
    const sshKeys = [{ name: unknown, publicKeyOpenssh: unknown }, unknown];
    const { inputs, failures } = await plugin.check("Instance", { ...machine, sshKeys, labels: { env: unknown } });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ sshKeys, labels: { env: unknown } });
  });

  test("a secret, which stays one, and an output without a value", async () => {
    const given = { privateKey: secret(unknown), comment: output({}) };
    const { inputs, failures } = await plugin.check("SshKeyPair", given);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ privateKey: secret(unknown), comment: unknown });
  });

  test("a part of a connection, of which the whole is sealed", async () => {
    const connection = { user: "root", privateKey: secret(unknown) };
    const { inputs, failures } = await plugin.check("Instance", { ...machine, connection });
    expect(failures).toEqual([]);
    expect(inputs["connection"]).toEqual(secret({ user: "root", privateKey: unknown }));
  });
});

describe("Check shows what is wrong", () => {
  test.each<[string, string, Wire, string]>([
    ["in a list", "Instance", { ...machine, sshKeys: [{ name: "alice" }, { name: "a/b" }] }, "sshKeys[1].name"],
    ["in a rule", "SecurityGroup", { rules: [{ ...rule, startPort: 70_000 }] }, "rules[0].startPort"],
    [
      "deep in a rule",
      "SecurityGroup",
      { rules: [rule, { protocol: "icmp", icmp: { type: 999 } }] },
      "rules[1].icmp.type",
    ],
    ["in a map", "Instance", { ...machine, timeouts: { create: -1 } }, "timeouts.create"],
  ])("%s at its place", async (_where, type, news, property) => {
    const { failures } = await plugin.check(type, news);
    expect(failures.map((failure) => failure.property)).toEqual([property]);
  });

  test.each<[string, Wire, string, string]>([
    ["what is missing in an item", { sshKeys: [{}] }, "sshKeys[0].name", "It is missing: a string is expected"],
    ["an item of another kind", { sshKeys: ["alice"] }, "sshKeys[0]", 'An object is expected, got "alice"'],
    ["a number for a text", { labels: { env: 5 } }, "labels.env", "A string is expected, got 5"],
  ])("with %s in words that say it once", async (_what, given, property, reason) => {
    expect((await plugin.check("Instance", { ...machine, ...given })).failures).toEqual([{ property, reason }]);
  });

  test("with a secret without naming it as a property, whose value Pulumi would print", async () => {
    const { failures } = await plugin.check("SshKeyPair", { passphrase: secret("hunter2\nhunter3") });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^passphrase: .*contains a newline/) }]);
  });

  test("with an input that there is not, which may be a misspelt secret, without naming it as a property", async () => {
    const { failures } = await plugin.check("SshKeyPair", { pasphrase: "hunter2" });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining('has no input "pasphrase"') }]);
  });

  test("with a long text without cutting a character in half, which the engine would refuse", async () => {
    const comment = `\u0001${"x".repeat(69)}${"🔑".repeat(10)}`;
    const { failures } = await plugin.check("SshKeyPair", { comment });
    expect(failures).toEqual([{ property: "comment", reason: expect.stringMatching(/x\ufffd\.\.\.$/) }]);
  });

  test("with a private key in the wrong place without showing it", async () => {
    const { failures } = await plugin.check("SshKeyPair", { name: "-----BEGIN PRIVATE KEY-----\nMC4CAQAw" });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^name: .*, got a private key$/) }]);
  });

  test("with what a program made a secret without showing it", async () => {
    const { failures } = await plugin.check("SshKeyPair", { comment: secret("hunter\n2") });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^comment: .* one line/) }]);
    expect(JSON.stringify(failures)).not.toContain("hunter");
  });
});

describe("Check says the same as the dynamic classes do of", () => {
  test.each<[string, keyof typeof resources, Wire]>([
    ["a name with a slash", "SshKeyPair", { name: "../x" }],
    ["a weak key", "SshKeyPair", { publicKey: rsa1024 }],
    ["two keys", "SshKeyPair", { publicKey: alice.line, privateKey: "hunter2" }],
    ["a kind of key that there is not", "SshKeyPair", { algorithm: "dsa" }],
    ["a number that is a text", "SshKeyPair", { algorithm: "rsa", rsaBits: "many" }],
    ["nothing at all", "Instance", {}],
    ["a disk that is too small", "Instance", { ...machine, diskSize: 1 }],
    ["a type that the zone has not", "Instance", { ...machine, type: "standard.enormous" }],
    ["a template that the zone has not", "Instance", { ...machine, template: "Windows 3.11" }],
    ["keys that are no list", "Instance", { ...machine, sshKeys: "alice" }],
    ["a rule without a protocol", "SecurityGroup", { rules: [{ startPort: 22 }] }],
    ["a rule with a wrong network", "SecurityGroup", { rules: [{ ...rule, network: "everywhere" }] }],
    ["a host without a user", "AuthorizedKey", { publicKey: alice.line, connection: { host: "192.0.2.1" } }],
  ])("%s", async (_what, type, news) => {
    const { EXOSCALE_API_KEY: apiKey, EXOSCALE_API_SECRET: apiSecret } = emulator.environment;
    const run = new Run({ apiKey, apiSecret, endpoint: emulator.endpoint, zone: "ch-gva-2" });
    // Every resource of the table takes any inputs in its check.
    const { failures } = await check(resources[type] as typeof resources.SshKeyPair, news, undefined, run);
    expect(failures.length).toBeGreaterThan(0);
    expect((await plugin.check(type, news)).failures).toEqual(failures);
  });
});

test("No answer and no line has held a secret in clear", () => {
  expect(clearSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2", "hunter3"])).toEqual([]);
});
