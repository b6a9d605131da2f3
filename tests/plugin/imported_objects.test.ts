import { type Emulator, startEmulator } from "../emulated";
import { alice, bob } from "../resources/known_keys";
import { Plugin, type Stored, settingsFor } from "./plugin_client";
import { secret, type Wire } from "./wire";

/** Objects of the account that a stack imports and a program then describes: `pulumi import`, up without a change, refresh. */

let emulator: Emulator;
let plugin: Plugin;
beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  plugin = await Plugin.configured(emulator);
});
afterEach(async () => {
  plugin.close();
  await emulator.close();
});

const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 12", diskSize: 10, name: "web" };

async function importObject(type: string, id: string): Promise<Stored> {
  const { inputs, properties } = await plugin.read(type, id);
  return { id, inputs: inputs ?? {}, properties: properties ?? {} };
}

/** Checks and diffs a program against a stored object. The result has the object with the inputs of the program. */
async function diffWithProgram(type: string, stored: Stored, program: Wire) {
  const { inputs, failures } = await plugin.check(type, program, { olds: stored.inputs });
  const diff = await plugin.diff(type, stored, inputs);
  return { failures, changes: diff.changes, replaces: diff.replaces, stored: { ...stored, inputs } as Stored };
}

async function refresh(type: string, stored: Stored): Promise<Stored> {
  const { inputs, properties } = await plugin.read(type, stored.id, stored);
  return { id: stored.id, inputs: inputs ?? {}, properties: properties ?? {} };
}

/** Exoscale publishes a new build of the template, and still lists the old one or not. Then another run begins. */
async function publishNewBuild(templateId: unknown, oldBuild: "listed" | "withdrawn"): Promise<void> {
  const size = 10 * 1024 ** 3;
  const name = "Linux Debian 12 (Bookworm) 64-bit";
  const build = { name, visibility: "public", "default-user": "debian", size, "ssh-key-enabled": true };
  const old = { ...build, id: templateId, "created-at": "2026-11-01T00:00:00Z" };
  const next = { ...build, id: "11111111-2222-4333-8444-555555555555", "created-at": "2027-01-01T00:00:00Z" };
  const body = { templates: oldBuild === "listed" ? [old, next] : [] };
  emulator.faults.add({ method: "GET", path: "/template", kind: "status", status: 200, body, times: 50 });
  await plugin.configure(settingsFor(emulator));
}

describe("An imported instance whose template the program gives by name", () => {
  async function importWithTemplateName() {
    const { id, properties } = await plugin.up("Instance", machine);
    const first = await diffWithProgram("Instance", await importObject("Instance", id), machine);
    expect([first.changes, first.failures]).toEqual(["DIFF_NONE", []]);
    return { stored: first.stored, templateId: properties["templateId"] };
  }

  test("is not replaced by a newer build, also after a refresh", async () => {
    const { stored, templateId } = await importWithTemplateName();
    await publishNewBuild(templateId, "listed");
    expect(await diffWithProgram("Instance", stored, machine)).toMatchObject({ changes: "DIFF_NONE" });
    const again = await refresh("Instance", stored);
    expect(await diffWithProgram("Instance", again, machine)).toMatchObject({ changes: "DIFF_NONE", replaces: [] });
  });

  test("can be refreshed when the template is no longer listed", async () => {
    const { stored, templateId } = await importWithTemplateName();
    await publishNewBuild(templateId, "withdrawn");
    const again = await refresh("Instance", stored);
    expect(await plugin.diff("Instance", again, stored.inputs)).toMatchObject({ changes: "DIFF_NONE" });
  });
});

test("A protected instance whose template was given by id, then by name, can be refreshed after a newer build", async () => {
  const { properties } = await plugin.up("Instance", { ...machine, name: "probe" }, { name: "probe" });
  const args = { ...machine, deletionProtection: true };
  const made = await plugin.up("Instance", { ...args, template: properties["templateId"] });
  const { stored } = await diffWithProgram("Instance", made, args);
  await publishNewBuild(properties["templateId"], "listed");
  const again = await refresh("Instance", stored);
  expect(await plugin.diff("Instance", again, stored.inputs)).toMatchObject({ changes: "DIFF_NONE" });
});

describe("An instance that was imported with a key by name", () => {
  const withKey = (line: string) => ({ ...machine, sshKeys: [{ name: "carol", publicKeyOpenssh: line }] });

  async function importWithAlice() {
    await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
    const { id } = await plugin.up("Instance", { ...machine, sshKeys: [{ name: "carol" }] });
    return await importObject("Instance", id);
  }

  test("is replaced if the program later exchanges the key that it named", async () => {
    const { stored, changes } = await diffWithProgram("Instance", await importWithAlice(), withKey(alice.line));
    expect(changes).toBe("DIFF_NONE");
    const exchanged = { ...withKey(bob.line), replaceOnKeyChange: true };
    expect(await diffWithProgram("Instance", stored, exchanged)).toMatchObject({ replaces: ["sshKeys"] });
  });

  test("is refused another key under the same name", async () => {
    const stored = await importWithAlice();
    await expect(diffWithProgram("Instance", stored, withKey(bob.line))).rejects.toThrow(
      /was given another key under the name/,
    );
  });
});

describe("A key that was imported by name", () => {
  test("does not change if the program gives only the name", async () => {
    await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
    const stored = await importObject("SshKeyPair", "carol");
    expect(await diffWithProgram("SshKeyPair", stored, { name: "carol" })).toMatchObject({
      changes: "DIFF_NONE",
      failures: [],
    });
  });

  test.each([{ algorithm: "rsa" }, { triggers: ["2027"] }, { publicKey: bob.line }])(
    "is not replaced by a program that describes another key: %j",
    async (wish) => {
      await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
      const stored = await importObject("SshKeyPair", "carol");
      const asked = diffWithProgram("SshKeyPair", stored, { name: "carol", ...wish });
      await expect(asked).rejects.toThrow(/was imported by its name.* its MD5 fingerprint is [0-9a-f:]{47}/);
    },
  );

  test("stays the same if the program adds its public key and triggers", async () => {
    await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
    const program = { name: "carol", publicKey: alice.line, triggers: ["2027"] };
    const { stored, changes } = await diffWithProgram("SshKeyPair", await importObject("SshKeyPair", "carol"), program);
    expect(changes).toBe("DIFF_NONE");
    expect(await diffWithProgram("SshKeyPair", await refresh("SshKeyPair", stored), program)).toMatchObject({
      changes: "DIFF_NONE",
    });
    expect((await refresh("SshKeyPair", stored)).properties).toMatchObject({ publicKeyOpenssh: alice.line });
  });

  test("gets its private key from a program that has it", async () => {
    const { properties } = await plugin.up("SshKeyPair", { name: "carol" });
    const { value: privateKey } = properties["privateKeyOpenssh"] as { value: string };
    const stored = await importObject("SshKeyPair", "carol");
    const {
      changes,
      replaces,
      stored: next,
    } = await diffWithProgram("SshKeyPair", stored, { name: "carol", privateKey: secret(privateKey) });
    expect([changes, replaces]).toEqual(["DIFF_SOME", []]);
    expect(await plugin.update("SshKeyPair", stored, next.inputs)).toMatchObject({
      publicKeyOpenssh: expect.stringMatching(/^ssh-ed25519 /),
      privateKeyOpenssh: secret(expect.stringContaining("OPENSSH PRIVATE KEY")),
    });
  });

  test("keeps an input secret that the program marked, after a refresh", async () => {
    await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
    const program = { name: "carol", publicKey: secret(alice.line) };
    const { stored } = await diffWithProgram("SshKeyPair", await importObject("SshKeyPair", "carol"), program);
    expect((await refresh("SshKeyPair", stored)).properties).toMatchObject({ publicKey: secret(alice.line) });
  });
});
