import { type Emulator, startEmulator } from "../emulated";
import { alice } from "../resources/known_keys";
import { unnamedMachine as machine } from "../resources/known_machine";
import { failure, savedObjectIn } from "./answers";
import { leakedSecrets } from "./leaked_secrets";
import { Plugin, settingsFor } from "./plugin_client";
import { output, secret, type Wire } from "./wire";

/** A program may mark any input as a secret. */
const hidden = "hunter2-of-the-shop";
/** Longer than a message quotes at once. */
const long = `environment="TOKEN ${hidden.repeat(8)}"`;

let emulator: Emulator;
let plugin: Plugin;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  emulator.cloud.swapKey(hidden, alice.line);
  plugin = await Plugin.configured(emulator);
});
afterEach(() => emulator.faults.clear());
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

const windows = { template: "Windows Server 2022" };
const host = { publicKey: alice.line, connection: { host: "192.0.2.1", user: "root" } };

describe("Check hides, and names no property for,", () => {
  test.each<[string, string, Wire, RegExp]>([
    ["a template", "Instance", { ...machine, template: secret(hidden) }, /^template: .* no template "\[secret\]" in /],
    [
      "a type",
      "Instance",
      { ...machine, type: secret("hunter2.tiny") },
      /^type: .* no instance type "\[secret\]" in ch-gva-2/,
    ],
    ["a zone", "Instance", { ...machine, zone: secret(hidden) }, /^zone: There is no zone "\[secret\]"/],
    [
      "an output",
      "Instance",
      { ...machine, type: output({ value: "hunter2.tiny", secret: true }) },
      /type "\[secret\]" in/,
    ],
    [
      "a key",
      "Instance",
      { ...machine, sshKeys: [{ name: secret("hunter2") }] },
      /^sshKeys\[0\]\.name: .*"\[secret\]"/,
    ],
    ["a short key", "Instance", { ...machine, sshKeys: [{ name: secret("bob") }] }, /"\[secret\]"/],
    [
      "a group",
      "Instance",
      { ...machine, securityGroups: [secret("hunter2")] },
      /^securityGroups\[0\]: .*"\[secret\]"/,
    ],
    ["a rack", "Instance", { ...machine, antiAffinityGroups: secret(["hunter2"]) }, /^anti.*\[0\]: .*"\[secret\]"/],
    [
      "a number",
      "Instance",
      { ...machine, ...windows, diskSize: secret(11) },
      /^diskSize: The disk has \[secret\] GiB, .* 50/,
    ],
    ["options", "AuthorizedKey", { ...host, options: [secret("hunter2")] }, /^options: "\[secret\]" is no option/],
    ["long options", "AuthorizedKey", { ...host, options: [secret(long)] }, /^options: Option "\[secret\]": write/],
    ["a part", "AuthorizedKey", { ...host, options: [secret('from="!hunter2"')] }, /^options: Option "\[secret\]"/],
    [
      "an address",
      "AuthorizedKey",
      { ...host, connection: { ...host.connection, host: secret("hunter2 3") } },
      /^connection\.host: "\[secret\]" is no host/,
    ],
  ])("%s that the program marked as a secret", async (_what, type, news, reason) => {
    const { failures } = await plugin.check(type, news);
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(reason) }]);
  });

  test("only what the program marked: a connection that only the schema marks stays readable", async () => {
    const connection = secret({ host: "no host", user: "root" });
    const { failures } = await plugin.check("AuthorizedKey", { ...host, connection });
    expect(failures).toEqual([
      { property: "", reason: expect.stringMatching(/^connection\.host: "no host" is no host/) },
    ]);
  });
});

describe("CheckConfig hides, and names no property for,", () => {
  test.each<[string, Wire, RegExp]>([
    ["a zone", { zone: secret("Hunter2") }, /^zone is "\[secret\]"\. Give one such as ch-gva-2/],
    ["an endpoint", { endpoint: secret("hunter2") }, /^endpoint is "\[secret\]"\. Give an address/],
    ["a port", { sshPort: secret(65_536) }, /^sshPort is "\[secret\]"\. Give a port/],
  ])("%s that the program marked as a secret", async (_what, given, reason) => {
    const { failures } = await plugin.checkConfig(given);
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(reason) }]);
  });

  test("an unknown zone that the program marked as a secret", async () => {
    const { failures } = await plugin.checkConfig({ ...settingsFor(emulator), zone: secret("zz-vie-9") });
    expect(failures).toEqual([{ property: "", reason: 'There is no zone "[secret]". The zones are ch-gva-2.' }]);
  });
});

describe("An error hides", () => {
  test("a name that the account already has", async () => {
    const { details } = await failure(plugin.create("SshKeyPair", { name: secret(hidden), algorithm: "ed25519" }));
    expect(details).toMatch(/"\[secret\]".*\[API_KEY_NAME_TAKEN\]$/s);
  });

  test("a name in Exoscale's message and in the path of the request", async () => {
    const stored = await plugin.up("SshKeyPair", { name: secret("robin-path") });
    // Another run, because a run leaves the objects that it created.
    await plugin.configure(settingsFor(emulator));
    const body = { message: "No: ROBIN-PATH" };
    emulator.faults.add({ method: "DELETE", path: /^\/ssh-key\/robin/, kind: "status", status: 403, body });
    const { details } = await failure(plugin.delete("SshKeyPair", stored));
    expect(details).toMatch(/DELETE \/ssh-key\/\[secret\]: No: \[secret\]/);
  });

  test("a name in the reason of a create that fails half-way", async () => {
    emulator.faults.add({ method: "POST", path: "/instance", kind: "operation-failure", message: "robin-half full" });
    const error = await failure(plugin.up("Instance", { ...machine, name: secret("robin-half") }, { name: "web" }));
    expect(savedObjectIn(error)?.reasons).toEqual([expect.stringMatching(/\[secret\] full.*\[CREATED_IN_PART\]$/s)]);
  });

  test.each<[string, string, Wire]>([
    ["a template", "getTemplate", { zone: "ch-gva-2", template: secret("hunter2") }],
    ["a key", "getSshKeyPair", { name: secret("hunter2") }],
    ["a type", "getInstanceType", { zone: "ch-gva-2", type: secret("hunter2") }],
  ])("%s that a function is asked for", async (_what, name, args) => {
    expect((await failure(plugin.invoke(name, args))).details).toMatch(/"\[secret\]".*\[NOT_IN_ACCOUNT\]$/s);
  });

  test("a zone that is a secret of the provider's settings", async () => {
    const other = await Plugin.configured(emulator, { zone: secret("hunter2") });
    const { zone: _, ...nowhere } = machine;
    const { failures } = await other.check("Instance", nowhere).finally(() => other.close());
    expect(failures).toEqual([{ property: "zone", reason: expect.stringMatching(/^There is no zone "\[secret\]"/) }]);
  });
});

describe("A log line hides", () => {
  test("the name of its object", async () => {
    const stored = await plugin.up("SshKeyPair", { name: secret("robin-line") });
    emulator.cloud.removeKey("robin-line");
    await plugin.read("SshKeyPair", stored.id, stored);
    expect(plugin.engine.lines.at(-1)?.message).toMatch(/"\[secret\]" is gone from the account/);
  });

  test("the name in a request that is tried again", async () => {
    const busy = { kind: "status", status: 503, body: { message: "Later" }, headers: { "Retry-After": "2" } } as const;
    emulator.faults.add({ method: "POST", path: "/ssh-key", ...busy, times: 1 });
    await plugin.up("SshKeyPair", { name: secret("robin-again") });
    expect(plugin.engine.lines.at(-1)?.message).toMatch(/register SSH key "\[secret\]".*Trying again in/);
  });
});

test("No answer and no log line contains a value that the program marked as a secret", () => {
  expect(leakedSecrets(plugin, [hidden, "hunter2"])).toEqual([]);
});
