import { type Emulator, startEmulator } from "../emulated";
import { alice } from "../resources/known_keys";
import { Plugin } from "./plugin_client";
import { clearSecrets } from "./secrets";
import { mapSecrets, unknown, type Wire, withoutSeals } from "./wire";

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

const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const rules = [{ protocol: "tcp", startPort: 22, network: "0.0.0.0/0" }];

/** What a preview claims to know. */
function claimed(preview: Wire): Wire {
  const open = mapSecrets(preview, (content) => content) as Wire;
  return Object.fromEntries(Object.entries(open).filter(([, value]) => value !== unknown));
}

describe("What the preview of a create knows comes true:", () => {
  test.each<[string, string, Wire]>([
    ["a generated pair", "SshKeyPair", { comment: "robot" }],
    ["an imported pair", "SshKeyPair", { publicKey: alice.line }],
    ["a group", "SecurityGroup", { rules }],
    ["a machine", "Instance", { ...machine, labels: { env: "test" } }],
    ["a machine that is stopped", "Instance", { ...machine, state: "stopped", userData: "#!/bin/sh" }],
  ])("%s", async (_what, type, news) => {
    const { inputs } = await plugin.check(type, news, { seed: JSON.stringify(news) });
    const preview = await plugin.create(type, inputs, { preview: true });
    const real = await plugin.create(type, inputs);
    expect(withoutSeals(real.properties)).toMatchObject(claimed(preview.properties));
  });
});

describe("What the preview of an update knows comes true:", () => {
  test.each<[string, string, Wire, Wire]>([
    ["another comment", "SshKeyPair", {}, { comment: "robot" }],
    ["a passphrase", "SshKeyPair", {}, { passphrase: "hunter2" }],
    ["what a deletion does", "SshKeyPair", {}, { onDelete: "refuse" }],
    ["the comment of an imported pair", "SshKeyPair", { publicKey: alice.line }, { comment: "robot" }],
    ["rules", "SecurityGroup", { rules }, { rules: [] }],
    ["a name", "Instance", machine, { name: "renamed" }],
    ["a larger disk", "Instance", machine, { diskSize: 20 }],
    ["a stop", "Instance", machine, { state: "stopped" }],
    ["labels", "Instance", machine, { labels: { env: "live" } }],
    ["the way in", "Instance", machine, { connection: { user: "root", port: 2222, host: "192.0.2.1" } }],
    ["an address of the other kind", "Instance", machine, { publicIpAssignment: "dual" }],
  ])("%s", async (_what, type, args, change) => {
    const held = await plugin.up(type, args, { seed: JSON.stringify([args, change]) });
    const { inputs, failures } = await plugin.check(type, { ...args, ...change }, { olds: withoutSeals(held.inputs) });
    expect(failures).toEqual([]);
    const preview = await plugin.update(type, held, inputs, { preview: true });
    const real = await plugin.update(type, held, inputs);
    expect(withoutSeals(real)).toMatchObject(claimed(preview));
  });
});

test("What no update alters is known to be stable, unless a new object is made", async () => {
  const held = await plugin.up("Instance", machine, { name: "stable" });
  const inputs = withoutSeals(held.inputs);
  const { stables } = await plugin.diff("Instance", held, { ...inputs, labels: { env: "live" } });
  expect(stables).toEqual(expect.arrayContaining(["instanceId", "zone", "createdAt"]));
  const replaced = await plugin.diff("Instance", held, { ...inputs, template: "Linux Ubuntu 24.04" });
  expect(replaced).toMatchObject({ replaces: ["template"], stables: [] });
});

test("No answer and no line has held a secret in clear", () => {
  expect(clearSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2"])).toEqual([]);
});
