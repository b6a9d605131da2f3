import { type Emulator, startEmulator } from "../emulated";
import { alice } from "../resources/known_keys";
import { Plugin, settingsFor } from "./plugin_client";
import { output, secret, unknown } from "./wire";

let emulator: Emulator;
let plugin: Plugin;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2", "de-fra-1"] });
  emulator.cloud.swapKey("alice", alice.line);
  plugin = await Plugin.configured(emulator);
});
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

const zone = "ch-gva-2";

describe("A function answers", () => {
  test("getZones: the names of all zones", async () => {
    const { answer, failures } = await plugin.invoke("getZones", {});
    expect({ answer, failures }).toEqual({ answer: { zones: ["ch-gva-2", "de-fra-1"] }, failures: [] });
  });

  test("getTemplate: a template by the beginning of its name", async () => {
    const { answer } = await plugin.invoke("getTemplate", { zone, template: "Linux Debian 13" });
    expect(answer).toMatchObject({ zone, name: expect.stringMatching(/^Linux Debian 13/), defaultUser: "debian" });
  });

  test("getInstanceType: a type by family and size", async () => {
    const { answer } = await plugin.invoke("getInstanceType", { zone, type: "standard.tiny" });
    expect(answer).toMatchObject({ type: "standard.tiny", family: "standard", size: "tiny" });
  });

  test("getSshKeyPair: a key's fingerprint", async () => {
    const { answer } = await plugin.invoke("getSshKeyPair", { name: "alice" });
    expect(answer).toEqual({ name: "alice", publicKeyFingerprintMd5: alice.md5 });
  });

  test("getKeyHolders: the holders of a key", async () => {
    const machine = { zone, type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
    await plugin.up("Instance", { ...machine, name: "web", sshKeys: [{ name: "alice" }] });
    const { answer } = await plugin.invoke("getKeyHolders", { name: "alice" });
    expect(answer).toMatchObject({ holders: [{ kind: "instance", name: "web", zone, keyName: "alice" }] });
  });

  test("secret arguments and outputs, with an answer that is marked as secret", async () => {
    const name = output({ value: "alice", secret: true });
    for (const argument of [name, secret("alice")]) {
      const { answer } = await plugin.invoke("getSshKeyPair", { name: argument });
      expect(answer).toMatchObject({ name: secret("alice") });
    }
  });
});

describe("A function reports", () => {
  test.each([
    ["an unknown argument", "getZones", { region: "eu" }, /^getZones: .*region/s],
    ["a missing argument", "getTemplate", { zone }, /^getTemplate: .*template/s],
    ["an argument of the wrong type", "getSshKeyPair", { name: 5 }, /^getSshKeyPair: .*name/s],
    ["an argument that is not known yet", "getSshKeyPair", { name: unknown }, /^getSshKeyPair: .*name/s],
    ["a missing zone", "getTemplate", { template: "Linux Debian 13" }, /^getTemplate: no zone is given\. Set zone/],
  ])("%s, as a failure of the call", async (_what, name, args, reason) => {
    const { failures } = await plugin.invoke(name, args);
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(reason) }]);
  });

  test.each([
    ["a key", "getSshKeyPair", { name: "nobody" }],
    ["a template", "getTemplate", { zone, template: "Windows 3.11" }],
    ["a zone", "getTemplate", { zone: "at-vie-9", template: "Linux Debian 13" }],
  ])("%s that does not exist, as an error with a code", async (_what, name, args) => {
    await expect(plugin.invoke(name, args)).rejects.toThrow(/\[NOT_IN_ACCOUNT\]$/);
  });
});

test("A function takes the provider's zone if none is given", async () => {
  await plugin.configure({ ...settingsFor(emulator), zone: "de-fra-1" });
  const { answer } = await plugin.invoke("getTemplate", { template: "Linux Debian 13" });
  expect(answer).toMatchObject({ zone: "de-fra-1" });
});
