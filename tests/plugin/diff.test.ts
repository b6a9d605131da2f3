import { type Emulator, startEmulator } from "../emulated";
import { alice, bob } from "../resources/known_keys";
import { unnamedMachine as machineArgs } from "../resources/known_machine";
import { leakedSecrets } from "./leaked_secrets";
import { Plugin, type Stored } from "./plugin_client";
import { unknown, type Wire, withoutSecretMarks } from "./wire";

let emulator: Emulator;
let plugin: Plugin;
let pair: Stored;
let group: Stored;
let machine: Stored;
const rule = { protocol: "tcp", startPort: 22, network: "0.0.0.0/0" };
const connection = { user: "root", passphrase: "hunter2" };

beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  plugin = await Plugin.configured(emulator);
  pair = await plugin.up("SshKeyPair", { passphrase: "hunter2", formats: ["pem"] });
  group = await plugin.up("SecurityGroup", { rules: [rule, { ...rule, startPort: 80 }] });
  machine = await plugin.up("Instance", { ...machineArgs, labels: { env: "test", "a.b": "c" }, connection });
});
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

/** A diff of an object with its own inputs, some of them changed. */
const diffWith = (type: string, stored: Stored, news: Wire) =>
  plugin.diff(type, stored, { ...withoutSecretMarks(stored.inputs), ...news });

describe("Diff", () => {
  test.each<[string, () => Stored]>([
    ["SshKeyPair", () => pair],
    ["SecurityGroup", () => group],
    ["Instance", () => machine],
  ])("of an %s with the same inputs finds no change", async (type, stored) => {
    expect(await diffWith(type, stored(), {})).toMatchObject({
      changes: "DIFF_NONE",
      diffs: [],
      replaces: [],
      details: {},
    });
  });

  test("shows a new input as added and a removed input as deleted", async () => {
    const { comment: _comment, ...uncommented } = pair.inputs;
    const commented = {
      ...pair,
      inputs: { ...pair.inputs, comment: "robot" },
      properties: { ...pair.properties, comment: "robot" },
    };
    expect((await diffWith("SshKeyPair", pair, { comment: "robot" })).details).toEqual({ comment: "ADD" });
    const gone = await plugin.diff("SshKeyPair", commented, withoutSecretMarks(uncommented));
    expect(gone.details).toEqual({ comment: "DELETE" });
  });

  test("shows the path of a change in a list", async () => {
    const rules = [rule, { ...rule, startPort: 443 }];
    expect(await diffWith("SecurityGroup", group, { rules })).toMatchObject({
      changes: "DIFF_SOME",
      diffs: ["rules"],
      details: { "rules[1].startPort": "UPDATE" },
    });
  });

  test("shows a list of another length as a whole", async () => {
    expect((await diffWith("SecurityGroup", group, { rules: [rule] })).details).toEqual({ rules: "UPDATE" });
  });

  test("shows the keys that left and came in a list of keys, and not those that moved", async () => {
    const [first, second, third] = ["ann", "ben", "cem"].map((name) => ({ name }));
    emulator.cloud.swapKey("ann", alice.line);
    emulator.cloud.swapKey("ben", bob.line);
    const web = await plugin.up("Instance", { ...machineArgs, connection, sshKeys: [first, second] }, { name: "web" });
    const { details } = await diffWith("Instance", web, { sshKeys: [second, third] });
    expect(details).toEqual({ "sshKeys[0]": "DELETE", "sshKeys[1]": "ADD" });
  });

  test("shows each added, changed and removed key of a map, quoted where necessary", async () => {
    const { details } = await diffWith("Instance", machine, { labels: { env: "live", owner: "carol" } });
    expect(details).toEqual({ "labels.env": "UPDATE", "labels.owner": "ADD", 'labels["a.b"]': "DELETE" });
  });

  test("shows that a secret changes, and no path inside it", async () => {
    const news = { connection: { ...connection, user: "debian" } };
    expect((await diffWith("Instance", machine, news)).details).toEqual({ connection: "UPDATE" });
  });

  test("shows a change that replaces the object", async () => {
    expect(await diffWith("SshKeyPair", pair, { triggers: ["2027"] })).toMatchObject({
      changes: "DIFF_SOME",
      replaces: ["triggers"],
      deleteBeforeReplace: false,
      details: { triggers: "ADD_REPLACE" },
    });
  });

  test("shows each kind of change that replaces the object", async () => {
    const imported = await plugin.up("SshKeyPair", { publicKey: alice.line }, { name: "carol" });
    const { publicKey: _key, ...generated } = imported.inputs;
    const other = await diffWith("SshKeyPair", imported, { publicKey: bob.line });
    expect(other.details).toEqual({ publicKey: "UPDATE_REPLACE" });
    expect((await plugin.diff("SshKeyPair", imported, generated)).details).toMatchObject({
      publicKey: "DELETE_REPLACE",
    });
  });

  test("treats an unknown value as a change at its path", async () => {
    const { details } = await diffWith("SecurityGroup", group, { rules: [rule, { ...rule, startPort: unknown }] });
    expect(details).toEqual({ "rules[1].startPort": "UPDATE" });
    expect((await diffWith("SshKeyPair", pair, { triggers: [unknown] })).replaces).toEqual(["triggers"]);
  });

  test("keeps a pair if its public key is given with another comment", async () => {
    const imported = await plugin.up("SshKeyPair", { publicKey: alice.line, comment: "x" }, { name: "dave" });
    const publicKey = alice.line.replace("alice@example", "another comment");
    const { details, replaces } = await diffWith("SshKeyPair", imported, { publicKey });
    expect({ details, replaces }).toEqual({ details: { publicKey: "UPDATE" }, replaces: [] });
  });

  test("deletes an object before its replacement if the program gives its name", async () => {
    const named = await plugin.up("SshKeyPair", { name: "erin", publicKey: alice.line });
    const diff = await diffWith("SshKeyPair", named, { publicKey: bob.line });
    expect(diff).toMatchObject({ replaces: ["publicKey"], deleteBeforeReplace: true });
  });

  test("finds drift of the object although the inputs are the same", async () => {
    const { registeredFingerprintMd5: _gone, ...properties } = pair.properties;
    expect(await diffWith("SshKeyPair", { ...pair, properties }, {})).toMatchObject({
      changes: "DIFF_SOME",
      replaces: [],
    });
  });

  test("fails with a code if the replacement is refused", async () => {
    const named = await plugin.up("SshKeyPair", { name: "frank" });
    const refused = diffWith("SshKeyPair", named, { triggers: ["2027"] });
    await expect(refused).rejects.toThrow(/locked out\..*\[REPLACEMENT_REFUSED\]$/s);
  });
});

test("No answer and no log line contains a secret in plain text", () => {
  const privateKeys = [pair.properties["privateKeyOpenssh"], pair.properties["privateKeyPem"]].map((sealed) =>
    String((sealed as Wire)["value"]),
  );
  expect(leakedSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2", ...privateKeys])).toEqual([]);
});
