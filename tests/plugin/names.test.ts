import { type Emulator, startEmulator } from "../emulated";
import { type CallOptions, Plugin } from "./plugin_client";
import type { Wire } from "./wire";

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

const nameOf = async (options: CallOptions, news: Wire = {}) =>
  (await plugin.check("SshKeyPair", news, options)).inputs["name"];
const missingName = { property: "name", reason: expect.stringContaining("pulumi:autonaming") };

describe("The name of an object that the program does not name", () => {
  test("follows from the engine's seed, so a saved plan and its update agree", async () => {
    expect(await nameOf({ seed: "plan" })).toBe(await nameOf({ seed: "plan" }));
    expect(await nameOf({ seed: "plan" })).not.toBe(await nameOf({ seed: "another" }));
  });

  test("differs between two resources with the same seed", async () => {
    const [alice, bob] = [await nameOf({ name: "alice" }), await nameOf({ name: "bob" })];
    expect(String(alice).slice("alice".length)).not.toBe(String(bob).slice("bob".length));
  });

  test("is random without a seed", async () => {
    const name = await nameOf({ seed: "" });
    expect(name).toMatch(/^alice-[0-9a-f]{7}$/);
    expect(await nameOf({ seed: "" })).not.toBe(name);
  });

  test("is valid for the API, whatever characters the logical name has", async () => {
    expect(await nameOf({ name: "_böb's key/1" })).toMatch(/^b-b-s-key-1-[0-9a-f]{7}$/);
  });

  test("stays the same if the seed or the stack's configuration changes", async () => {
    const { inputs } = await plugin.check("SshKeyPair", {});
    const autonaming = { mode: "PROPOSE", proposedName: "alice-x" } as const;
    expect(await nameOf({ olds: inputs, seed: "another", autonaming })).toBe(inputs["name"]);
  });

  test.each(["PROPOSE", "ENFORCE"] as const)("is the one that the stack's configuration gives (%s)", async (mode) => {
    expect(await nameOf({ autonaming: { mode, proposedName: "shop-alice-1" } })).toBe("shop-alice-1");
  });

  test("counts as the program's if the configuration proposes the logical name itself", async () => {
    const autonaming = { mode: "PROPOSE", proposedName: "alice" } as const;
    const { inputs } = await plugin.check("SshKeyPair", {}, { autonaming });
    expect(inputs).toMatchObject({ name: "alice", autoNamed: false });
  });

  test("is refused if the configuration enforces an invalid one", async () => {
    const autonaming = { mode: "ENFORCE", proposedName: "shop/alice" } as const;
    const { failures } = await plugin.check("SshKeyPair", {}, { autonaming });
    expect(failures).toEqual([{ property: "name", reason: expect.stringContaining('got "shop/alice"') }]);
  });

  test("is required if the stack disables automatic names", async () => {
    const { failures } = await plugin.check("SshKeyPair", {}, { autonaming: { mode: "DISABLE" } });
    expect(failures).toEqual([missingName]);
  });

  test("is not required of an object that was named before the stack disabled automatic names", async () => {
    const { inputs } = await plugin.check("SshKeyPair", {});
    const options = { olds: inputs, autonaming: { mode: "DISABLE" } } as const;
    expect(await plugin.check("SshKeyPair", {}, options)).toEqual({ inputs, failures: [] });
  });

  test("is not required of a resource type without a name", async () => {
    const connection = { user: "root", host: "192.0.2.1" };
    const { failures } = await plugin.check("AuthorizedKey", { connection }, { autonaming: { mode: "DISABLE" } });
    expect(failures).not.toContainEqual(missingName);
  });
});

test("A name in the program has priority over the seed and the stack's configuration", async () => {
  const autonaming = { mode: "ENFORCE", proposedName: "shop-alice-1" } as const;
  const { inputs } = await plugin.check("SshKeyPair", { name: "mine" }, { autonaming });
  expect(inputs).toMatchObject({ name: "mine", autoNamed: false });
});
