import { resources } from "../../provider/resources";
import { check } from "../../provider/resources/contract/check";
import { type Emulator, startEmulator } from "../emulated";
import { alice, rsa1024 } from "../resources/known_keys";
import { Run } from "../resources/world";
import { leakedSecrets } from "./leaked_secrets";
import { Plugin } from "./plugin_client";
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
  test("fills in defaults and a name, and returns no identity", async () => {
    const { inputs, failures } = await plugin.check("SshKeyPair", {});
    const name = expect.stringMatching(/^alice-[0-9a-f]{7}$/);
    const filled = { algorithm: "ed25519", onDelete: "warn", allowLockout: false, adopt: false, autoNamed: true };
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ ...filled, name });
  });

  test("takes the provider's zone if the program gives none", async () => {
    expect((await plugin.check("Instance", machine)).inputs).toMatchObject({ zone: "ch-gva-2" });
  });

  test("unwraps secrets at any depth, and marks each property that contains one as a secret", async () => {
    const given = { comment: secret("robot"), passphrase: secret("hunter2"), triggers: [secret("2026")] };
    const { inputs, failures } = await plugin.check("SshKeyPair", given);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ ...given, triggers: secret(["2026"]) });
  });

  test("marks a secret input as a whole if the program gave it in plain text or with a secret inside", async () => {
    const connection = { user: "root", passphrase: "hunter2" };
    const given = { ...machine, connection: { ...connection, passphrase: secret("hunter2") }, userData: "#!hunter2" };
    const { inputs } = await plugin.check("Instance", given);
    expect(inputs).toMatchObject({ connection: secret(connection), userData: secret("#!hunter2") });
  });

  test("replaces outputs by their values, and resources by their ids", async () => {
    const rules = [{ ...rule, description: output({ value: "ssh", dependencies: [] }) }];
    expect((await plugin.check("SecurityGroup", { rules })).inputs).toMatchObject({
      rules: [{ ...rule, description: "ssh" }],
    });
    const groups = { securityGroups: [reference("5b5e5c1e-0000-4000-8000-000000000000"), reference("")] };
    const { inputs } = await plugin.check("Instance", { ...machine, ...groups });
    expect(inputs["securityGroups"]).toEqual(["5b5e5c1e-0000-4000-8000-000000000000", unknown]);
  });

  test("drops null, which a program wrote as undefined", async () => {
    const { inputs } = await plugin.check("SshKeyPair", { comment: null, connection: { user: null } });
    expect(inputs).not.toHaveProperty("comment");
    expect(inputs["connection"]).toEqual(secret({}));
  });
});

describe("Check accepts and returns unknown values:", () => {
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

  test("a value in a list, a value in a map, and a whole item", async () => {
    const sshKeys = [{ name: unknown, publicKeyOpenssh: unknown }, unknown];
    const { inputs, failures } = await plugin.check("Instance", { ...machine, sshKeys, labels: { env: unknown } });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ sshKeys, labels: { env: unknown } });
  });

  test("a secret, which stays a secret, and an output without a value", async () => {
    const given = { privateKey: secret(unknown), comment: output({}) };
    const { inputs, failures } = await plugin.check("SshKeyPair", given);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ privateKey: secret(unknown), comment: unknown });
  });

  test("a part of a connection, which is marked as a secret as a whole", async () => {
    const connection = { user: "root", privateKey: secret(unknown) };
    const { inputs, failures } = await plugin.check("Instance", { ...machine, connection });
    expect(failures).toEqual([]);
    expect(inputs["connection"]).toEqual(secret({ user: "root", privateKey: unknown }));
  });
});

describe("Check reports", () => {
  test.each<[string, string, Wire, string]>([
    ["a fault in a list", "Instance", { ...machine, sshKeys: [{ name: "alice" }, { name: "" }] }, "sshKeys[1].name"],
    ["a fault in a rule", "SecurityGroup", { rules: [{ ...rule, startPort: 70_000 }] }, "rules[0].startPort"],
    [
      "a fault deep in a rule",
      "SecurityGroup",
      { rules: [rule, { protocol: "icmp", icmp: { type: 999 } }] },
      "rules[1].icmp.type",
    ],
    ["a fault in a map", "Instance", { ...machine, timeouts: { create: -1 } }, "timeouts.create"],
  ])("%s at its path", async (_where, type, news, property) => {
    const { failures } = await plugin.check(type, news);
    expect(failures.map((failure) => failure.property)).toEqual([property]);
  });

  test.each<[string, Wire, string, string]>([
    ["a missing field of an item", { sshKeys: [{}] }, "sshKeys[0].name", "It is missing: a string is expected"],
    [
      "a name that is no key of the account",
      { sshKeys: ["nobody"] },
      "sshKeys[0].name",
      'The account has no SSH key "nobody". Register it, or declare it as an SshKeyPair and pass that.',
    ],
    ["an item of the wrong type", { sshKeys: [7] }, "sshKeys[0]", "An object is expected, got 7"],
    ["a number instead of a string", { labels: { env: 5 } }, "labels.env", "A string is expected, got 5"],
  ])("%s in one short sentence", async (_what, given, property, reason) => {
    expect((await plugin.check("Instance", { ...machine, ...given })).failures).toEqual([{ property, reason }]);
  });

  test("a wrong secret without naming the property, because Pulumi would print its value", async () => {
    const { failures } = await plugin.check("SshKeyPair", { passphrase: secret("hunter2\nhunter3") });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^passphrase: .*contains a newline/) }]);
  });

  test("an unknown input without naming the property, because it may be a misspelt secret", async () => {
    const { failures } = await plugin.check("SshKeyPair", { pasphrase: "hunter2" });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining('has no input "pasphrase"') }]);
  });

  test("a long text without half of a character, which the engine would refuse", async () => {
    const comment = `\u0001${"x".repeat(69)}${"🔑".repeat(10)}`;
    const { failures } = await plugin.check("SshKeyPair", { comment });
    expect(failures).toEqual([{ property: "comment", reason: expect.stringMatching(/x\ufffd\.\.\.$/) }]);
  });

  test("a private key in the wrong input without showing it", async () => {
    const { failures } = await plugin.check("SshKeyPair", { name: "-----BEGIN PRIVATE KEY-----\nMC4CAQAw" });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^name: .*, got a private key$/) }]);
  });

  test("a value that the program marked as a secret without showing it", async () => {
    const { failures } = await plugin.check("SshKeyPair", { comment: secret("hunter\n2") });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^comment: .* one line/) }]);
    expect(JSON.stringify(failures)).not.toContain("hunter");
  });
});

describe("Check reports the same failures as the dynamic classes for", () => {
  test.each<[string, keyof typeof resources, Wire]>([
    ["a name with a slash", "SshKeyPair", { name: "../x" }],
    ["a weak key", "SshKeyPair", { publicKey: rsa1024 }],
    ["two keys", "SshKeyPair", { publicKey: alice.line, privateKey: "hunter2" }],
    ["an unknown algorithm", "SshKeyPair", { algorithm: "dsa" }],
    ["a string instead of a number", "SshKeyPair", { algorithm: "rsa", rsaBits: "many" }],
    ["no inputs", "Instance", {}],
    ["a disk that is too small", "Instance", { ...machine, diskSize: 1 }],
    ["a type that the zone does not have", "Instance", { ...machine, type: "standard.enormous" }],
    ["a template that the zone does not have", "Instance", { ...machine, template: "Windows 3.11" }],
    ["keys that are not a list", "Instance", { ...machine, sshKeys: "alice" }],
    ["a rule without a protocol", "SecurityGroup", { rules: [{ startPort: 22 }] }],
    ["a rule with a wrong network", "SecurityGroup", { rules: [{ ...rule, network: "everywhere" }] }],
    ["a host without a user", "AuthorizedKey", { publicKey: alice.line, connection: { host: "192.0.2.1" } }],
  ])("%s", async (_what, type, news) => {
    const { EXOSCALE_API_KEY: apiKey, EXOSCALE_API_SECRET: apiSecret } = emulator.environment;
    const run = new Run({ apiKey, apiSecret, endpoint: emulator.endpoint, zone: "ch-gva-2" });
    // The check of every resource accepts any inputs.
    const { failures } = await check(resources[type] as typeof resources.SshKeyPair, news, undefined, run);
    expect(failures.length).toBeGreaterThan(0);
    expect((await plugin.check(type, news)).failures).toEqual(failures);
  });
});

test("No answer and no log line contains a secret in plain text", () => {
  expect(leakedSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2", "hunter3"])).toEqual([]);
});
