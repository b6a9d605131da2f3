import { type Emulator, startEmulator } from "../emulated";
import { alice } from "../resources/known_keys";
import { unnamedMachine as machine } from "../resources/known_machine";
import { leakedSecrets } from "./leaked_secrets";
import { Plugin } from "./plugin_client";
import { mapSecrets, unknown, type Wire, withoutSecretMarks } from "./wire";

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

const rules = [{ protocol: "tcp", startPort: 22, network: "0.0.0.0/0" }];

/** The values that a preview knows. */
function knownIn(preview: Wire): Wire {
  const open = mapSecrets(preview, (content) => content) as Wire;
  return Object.fromEntries(Object.entries(open).filter(([, value]) => value !== unknown));
}

describe("The values that the preview of a create knows are the real ones:", () => {
  test.each<[string, string, Wire]>([
    ["a generated pair", "SshKeyPair", { comment: "robot" }],
    ["an imported pair", "SshKeyPair", { publicKey: alice.line }],
    ["a group", "SecurityGroup", { rules }],
    ["a machine", "Instance", { ...machine, labels: { env: "test" } }],
    ["a stopped machine", "Instance", { ...machine, state: "stopped", userData: "#!/bin/sh" }],
  ])("%s", async (_what, type, news) => {
    const { inputs } = await plugin.check(type, news, { seed: JSON.stringify(news) });
    const preview = await plugin.create(type, inputs, { preview: true });
    const real = await plugin.create(type, inputs);
    expect(withoutSecretMarks(real.properties)).toMatchObject(knownIn(preview.properties));
  });
});

describe("The values that the preview of an update knows are the real ones:", () => {
  test.each<[string, string, Wire, Wire]>([
    ["another comment", "SshKeyPair", {}, { comment: "robot" }],
    ["a passphrase", "SshKeyPair", {}, { passphrase: "hunter2" }],
    ["another onDelete", "SshKeyPair", {}, { onDelete: "refuse" }],
    ["the comment of an imported pair", "SshKeyPair", { publicKey: alice.line }, { comment: "robot" }],
    ["rules", "SecurityGroup", { rules }, { rules: [] }],
    ["a name", "Instance", machine, { name: "renamed" }],
    ["a larger disk", "Instance", machine, { diskSize: 20 }],
    ["a stop", "Instance", machine, { state: "stopped" }],
    ["labels", "Instance", machine, { labels: { env: "live" } }],
    ["another connection", "Instance", machine, { connection: { user: "root", port: 2222, host: "192.0.2.1" } }],
    ["an address of the other kind", "Instance", machine, { publicIpAssignment: "dual" }],
  ])("%s", async (_what, type, args, change) => {
    const stored = await plugin.up(type, args, { seed: JSON.stringify([args, change]) });
    const { inputs, failures } = await plugin.check(
      type,
      { ...args, ...change },
      { olds: withoutSecretMarks(stored.inputs) },
    );
    expect(failures).toEqual([]);
    const preview = await plugin.update(type, stored, inputs, { preview: true });
    const real = await plugin.update(type, stored, inputs);
    expect(withoutSecretMarks(real)).toMatchObject(knownIn(preview));
  });
});

test("Outputs that no update changes are stable, unless the object is replaced", async () => {
  const stored = await plugin.up("Instance", machine, { name: "stable" });
  const inputs = withoutSecretMarks(stored.inputs);
  const { stables } = await plugin.diff("Instance", stored, { ...inputs, labels: { env: "live" } });
  expect(stables).toEqual(expect.arrayContaining(["instanceId", "zone", "createdAt"]));
  const replaced = await plugin.diff("Instance", stored, { ...inputs, template: "Linux Ubuntu 24.04" });
  expect(replaced).toMatchObject({ replaces: ["template"], stables: [] });
});

test("No answer and no log line contains a secret in plain text", () => {
  expect(leakedSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2"])).toEqual([]);
});
