import { type Emulator, startEmulator } from "../emulated";
import { alice, bob } from "../resources/known_keys";
import { type Held, Plugin, settingsFor } from "./plugin_client";
import { secret, type Wire } from "./wire";

/** What the account has is imported, described by a program, and lives on: `pulumi import`, up without a change, refresh. */

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

async function imported(type: string, id: string): Promise<Held> {
  const { inputs, properties } = await plugin.read(type, id);
  return { id, inputs: inputs ?? {}, properties: properties ?? {} };
}

/** What a program means for what is held, and how the engine holds it where that is no change. */
async function described(type: string, held: Held, program: Wire) {
  const { inputs, failures } = await plugin.check(type, program, { olds: held.inputs });
  const diff = await plugin.diff(type, held, inputs);
  return { failures, changes: diff.changes, replaces: diff.replaces, held: { ...held, inputs } as Held };
}

async function refreshed(type: string, held: Held): Promise<Held> {
  const { inputs, properties } = await plugin.read(type, held.id, held);
  return { id: held.id, inputs: inputs ?? {}, properties: properties ?? {} };
}

/** From now on Exoscale has another build of the template, and lists the old one or does not. A run later, that is. */
async function newBuildOf(templateId: unknown, oldOne: "listed" | "withdrawn"): Promise<void> {
  const size = 10 * 1024 ** 3;
  const name = "Linux Debian 12 (Bookworm) 64-bit";
  const build = { name, visibility: "public", "default-user": "debian", size, "ssh-key-enabled": true };
  const old = { ...build, id: templateId, "created-at": "2026-11-01T00:00:00Z" };
  const next = { ...build, id: "11111111-2222-4333-8444-555555555555", "created-at": "2027-01-01T00:00:00Z" };
  const body = { templates: oldOne === "listed" ? [old, next] : [] };
  emulator.faults.add({ method: "GET", path: "/template", kind: "status", status: 200, body, times: 50 });
  await plugin.configure(settingsFor(emulator));
}

describe("An instance that was imported, whose template the program gives by its name,", () => {
  async function heldByName() {
    const { id, properties } = await plugin.up("Instance", machine);
    const first = await described("Instance", await imported("Instance", id), machine);
    expect([first.changes, first.failures]).toEqual(["DIFF_NONE", []]);
    return { held: first.held, templateId: properties["templateId"] };
  }

  test("is not replaced when there is a newer build, after a refresh either", async () => {
    const { held, templateId } = await heldByName();
    await newBuildOf(templateId, "listed");
    expect(await described("Instance", held, machine)).toMatchObject({ changes: "DIFF_NONE" });
    const again = await refreshed("Instance", held);
    expect(await described("Instance", again, machine)).toMatchObject({ changes: "DIFF_NONE", replaces: [] });
  });

  test("can be refreshed when the template is no longer listed", async () => {
    const { held, templateId } = await heldByName();
    await newBuildOf(templateId, "withdrawn");
    const again = await refreshed("Instance", held);
    expect(await plugin.diff("Instance", again, held.inputs)).toMatchObject({ changes: "DIFF_NONE" });
  });
});

test("A protected instance whose template's id became its name can be refreshed after a newer build", async () => {
  const { properties } = await plugin.up("Instance", { ...machine, name: "probe" }, { name: "probe" });
  const args = { ...machine, deletionProtection: true };
  const made = await plugin.up("Instance", { ...args, template: properties["templateId"] });
  const { held } = await described("Instance", made, args);
  await newBuildOf(properties["templateId"], "listed");
  const again = await refreshed("Instance", held);
  expect(await plugin.diff("Instance", again, held.inputs)).toMatchObject({ changes: "DIFF_NONE" });
});

describe("An instance that was imported with a key by its name", () => {
  const withKey = (line: string) => ({ ...machine, sshKeys: [{ name: "carol", publicKeyOpenssh: line }] });

  async function heldWithAlice() {
    await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
    const { id } = await plugin.up("Instance", { ...machine, sshKeys: [{ name: "carol" }] });
    return await imported("Instance", id);
  }

  test("has another key when the program exchanges the one that it has named since", async () => {
    const { held, changes } = await described("Instance", await heldWithAlice(), withKey(alice.line));
    expect(changes).toBe("DIFF_NONE");
    const exchanged = { ...withKey(bob.line), replaceOnKeyChange: true };
    expect(await described("Instance", held, exchanged)).toMatchObject({ replaces: ["sshKeys"] });
  });

  test("is not taken to have another key than it was given", async () => {
    const held = await heldWithAlice();
    await expect(described("Instance", held, withKey(bob.line))).rejects.toThrow(
      /was given another key under the name/,
    );
  });
});

describe("A key that was imported by its name", () => {
  test("is left as it is by a program that says no more than the name", async () => {
    await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
    const held = await imported("SshKeyPair", "carol");
    expect(await described("SshKeyPair", held, { name: "carol" })).toMatchObject({
      changes: "DIFF_NONE",
      failures: [],
    });
  });

  test.each([{ algorithm: "rsa" }, { triggers: ["2027"] }, { publicKey: bob.line }])(
    "is not given up for what would make another one: %j",
    async (wish) => {
      await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
      const held = await imported("SshKeyPair", "carol");
      const asked = described("SshKeyPair", held, { name: "carol", ...wish });
      await expect(asked).rejects.toThrow(/was imported by its name.* its MD5 fingerprint is [0-9a-f:]{47}/);
    },
  );

  test("stays the same key when the program says which it is, and gives it triggers", async () => {
    await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
    const program = { name: "carol", publicKey: alice.line, triggers: ["2027"] };
    const { held, changes } = await described("SshKeyPair", await imported("SshKeyPair", "carol"), program);
    expect(changes).toBe("DIFF_NONE");
    expect(await described("SshKeyPair", await refreshed("SshKeyPair", held), program)).toMatchObject({
      changes: "DIFF_NONE",
    });
    expect((await refreshed("SshKeyPair", held)).properties).toMatchObject({ publicKeyOpenssh: alice.line });
  });

  test("gets its private half from a program that has it", async () => {
    const { properties } = await plugin.up("SshKeyPair", { name: "carol" });
    const { value: privateKey } = properties["privateKeyOpenssh"] as { value: string };
    const held = await imported("SshKeyPair", "carol");
    const {
      changes,
      replaces,
      held: next,
    } = await described("SshKeyPair", held, { name: "carol", privateKey: secret(privateKey) });
    expect([changes, replaces]).toEqual(["DIFF_SOME", []]);
    expect(await plugin.update("SshKeyPair", held, next.inputs)).toMatchObject({
      publicKeyOpenssh: expect.stringMatching(/^ssh-ed25519 /),
      privateKeyOpenssh: secret(expect.stringContaining("OPENSSH PRIVATE KEY")),
    });
  });

  test("keeps secret what the program made one, when a refresh fills in the rest", async () => {
    await plugin.up("SshKeyPair", { name: "carol", publicKey: alice.line });
    const program = { name: "carol", publicKey: secret(alice.line) };
    const { held } = await described("SshKeyPair", await imported("SshKeyPair", "carol"), program);
    expect((await refreshed("SshKeyPair", held)).properties).toMatchObject({ publicKey: secret(alice.line) });
  });
});
