import { type Emulator, startEmulator } from "../emulated";
import { alice, bob } from "../resources/known_keys";
import { type Held, Plugin } from "./plugin_client";
import { clearSecrets } from "./secrets";
import { unknown, type Wire, withoutSeals } from "./wire";

let emulator: Emulator;
let plugin: Plugin;
let pair: Held;
let group: Held;
let machine: Held;
const rule = { protocol: "tcp", startPort: 22, network: "0.0.0.0/0" };
const machineArgs = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const connection = { user: "root", passphrase: "hunter2" };

beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  plugin = await Plugin.configured(emulator);
  pair = await plugin.up("SshKeyPair", { passphrase: "hunter2" });
  group = await plugin.up("SecurityGroup", { rules: [rule, { ...rule, startPort: 80 }] });
  machine = await plugin.up("Instance", { ...machineArgs, labels: { env: "test", "a.b": "c" }, connection });
});
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

/** A diff of an object with its own inputs, some of them changed. */
const changed = (type: string, held: Held, news: Wire) =>
  plugin.diff(type, held, { ...withoutSeals(held.inputs), ...news });

describe("Diff", () => {
  test.each<[string, () => Held]>([
    ["SshKeyPair", () => pair],
    ["SecurityGroup", () => group],
    ["Instance", () => machine],
  ])("of an %s with the same inputs is none", async (type, held) => {
    expect(await changed(type, held(), {})).toMatchObject({
      changes: "DIFF_NONE",
      diffs: [],
      replaces: [],
      details: {},
    });
  });

  test("shows an input that comes as added, one that goes as deleted", async () => {
    const { comment: _comment, ...uncommented } = pair.inputs;
    const commented = {
      ...pair,
      inputs: { ...pair.inputs, comment: "robot" },
      properties: { ...pair.properties, comment: "robot" },
    };
    expect((await changed("SshKeyPair", pair, { comment: "robot" })).details).toEqual({ comment: "ADD" });
    const gone = await plugin.diff("SshKeyPair", commented, withoutSeals(uncommented));
    expect(gone.details).toEqual({ comment: "DELETE" });
  });

  test("shows where in a list something changes", async () => {
    const rules = [rule, { ...rule, startPort: 443 }];
    expect(await changed("SecurityGroup", group, { rules })).toMatchObject({
      changes: "DIFF_SOME",
      diffs: ["rules"],
      details: { "rules[1].startPort": "UPDATE" },
    });
  });

  test("shows a list that is longer or shorter as a whole", async () => {
    expect((await changed("SecurityGroup", group, { rules: [rule] })).details).toEqual({ rules: "UPDATE" });
  });

  test("shows where in a map something comes, changes and goes, with quotes where a name needs them", async () => {
    const { details } = await changed("Instance", machine, { labels: { env: "live", owner: "carol" } });
    expect(details).toEqual({ "labels.env": "UPDATE", "labels.owner": "ADD", 'labels["a.b"]': "DELETE" });
  });

  test("shows of a secret only that it changes", async () => {
    const news = { connection: { ...connection, user: "debian" } };
    expect((await changed("Instance", machine, news)).details).toEqual({ connection: "UPDATE" });
  });

  test("shows what makes a new object as such", async () => {
    expect(await changed("SshKeyPair", pair, { triggers: ["2027"] })).toMatchObject({
      changes: "DIFF_SOME",
      replaces: ["triggers"],
      deleteBeforeReplace: false,
      details: { triggers: "ADD_REPLACE" },
    });
  });

  test("shows each kind of replacing change", async () => {
    const imported = await plugin.up("SshKeyPair", { publicKey: alice.line }, { name: "carol" });
    const { publicKey: _key, ...generated } = imported.inputs;
    const other = await changed("SshKeyPair", imported, { publicKey: bob.line });
    expect(other.details).toEqual({ publicKey: "UPDATE_REPLACE" });
    expect((await plugin.diff("SshKeyPair", imported, generated)).details).toMatchObject({
      publicKey: "DELETE_REPLACE",
    });
  });

  test("takes a value that is not known yet for a change, at its place", async () => {
    const { details } = await changed("SecurityGroup", group, { rules: [rule, { ...rule, startPort: unknown }] });
    expect(details).toEqual({ "rules[1].startPort": "UPDATE" });
    expect((await changed("SshKeyPair", pair, { triggers: [unknown] })).replaces).toEqual(["triggers"]);
  });

  test("keeps the pair whose public key is written with another comment", async () => {
    const imported = await plugin.up("SshKeyPair", { publicKey: alice.line, comment: "x" }, { name: "dave" });
    const publicKey = alice.line.replace("alice@example", "another comment");
    const { details, replaces } = await changed("SshKeyPair", imported, { publicKey });
    expect({ details, replaces }).toEqual({ details: { publicKey: "UPDATE" }, replaces: [] });
  });

  test("deletes first what has a name of its own", async () => {
    const named = await plugin.up("SshKeyPair", { name: "erin", publicKey: alice.line });
    const diff = await changed("SshKeyPair", named, { publicKey: bob.line });
    expect(diff).toMatchObject({ replaces: ["publicKey"], deleteBeforeReplace: true });
  });

  test("finds that the object has drifted, though the inputs are the same", async () => {
    const { registeredFingerprintMd5: _gone, ...properties } = pair.properties;
    expect(await changed("SshKeyPair", { ...pair, properties }, {})).toMatchObject({
      changes: "DIFF_SOME",
      replaces: [],
    });
  });

  test("that is refused is an error with a code", async () => {
    const named = await plugin.up("SshKeyPair", { name: "frank" });
    const refused = changed("SshKeyPair", named, { triggers: ["2027"] });
    await expect(refused).rejects.toThrow(/locked out\..*\[REPLACEMENT_REFUSED\]$/s);
  });
});

test("No answer and no line has held a secret in clear", () => {
  const privateKeys = [pair.properties["privateKeyOpenssh"], pair.properties["privateKeyPem"]].map((sealed) =>
    String((sealed as Wire)["value"]),
  );
  expect(clearSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2", ...privateKeys])).toEqual([]);
});
