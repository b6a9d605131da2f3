/** Keys that were registered when Exoscale took other names than today, such as names with blanks. */
import { functions, resources } from "../../provider/resources";
import { callFunction } from "../../provider/resources/functions/function";
import { describeGuests } from "../emulator/guest_kinds";
import { alice, bob } from "./known_keys";
import { accepts, closedOnAll, newPair, opened, openOnAll, type Pair, reference } from "./machines_with_keys";
import { closeClouds, type Held, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;
const name = "Alice Example";
const declared = { name, publicKey: alice.line };

afterEach(closeClouds);

describe("A key whose name no new key can have", () => {
  let cloud: TestCloud;
  beforeEach(async () => {
    cloud = await startCloud();
    cloud.emulator.cloud.swapKey(name, alice.line);
  });

  async function imported(id = name): Promise<Held<Pair["state"]>> {
    const found = await SshKeyPair.read(id, undefined, cloud.run());
    if (!found) throw new Error(`${id} is gone`);
    return found;
  }

  test("is found by getSshKeyPair", async () => {
    const found = await callFunction(functions.getSshKeyPair, { name }, cloud.run().account);
    expect(found).toEqual({ name, publicKeyFingerprintMd5: alice.md5 });
  });

  test("is imported, and the program that describes it has nothing to change", async () => {
    const last = await imported();
    expect(await cloud.run().failures(SshKeyPair, declared, last)).toEqual([]);
    expect(await cloud.run().diff(SshKeyPair, last, declared)).toMatchObject({ replaces: [], drifted: false });
  });

  test.each([name, "Alice & Bob?", "Alice #1: ü"])("is deleted: %s", async (each) => {
    cloud.emulator.cloud.swapKey(each, alice.line);
    await cloud.run().delete(SshKeyPair, await imported(each));
    expect(cloud.keys()).not.toContain(each);
  });

  test.each(["../instance/x", "a/b", "..", "a%2fb", "a\\b"])(
    "is not deleted through the API if the name can be read as a path: %s",
    async (each) => {
      cloud.emulator.cloud.swapKey(each, alice.line);
      const deletion = cloud.run().delete(SshKeyPair, await imported(each));
      await expect(deletion).rejects.toThrow(/cannot be the end of a path.* Delete this key in Exoscale's console/);
      expect(cloud.changes()).toEqual([]);
    },
  );

  test("is taken over with adopt", async () => {
    const { id } = await cloud.run().create(SshKeyPair, { ...declared, adopt: true });
    expect([id, cloud.changes()]).toEqual([name, []]);
  });

  test.each([
    ["without adopt", declared],
    ["with adopt, if the account has no such key", { ...declared, name: "Bob Example", adopt: true }],
  ])("is refused to a new pair %s", async (_how, news) => {
    expect(await cloud.run().failures(SshKeyPair, news)).toEqual([
      expect.stringMatching(/^name: A key name has 1 to 255/),
    ]);
  });

  test("is not replaced under its name, because the new key could not have it", async () => {
    const other = { name, publicKey: bob.line, allowLockout: true };
    const diff = cloud.run().diff(SshKeyPair, await imported(), other);
    await expect(diff).rejects.toThrow(/no new key can have the name "Alice Example".* Give the new pair another name/);
  });

  test("that somebody deletes cannot be registered again, and the warning says what can be done", async () => {
    const { privateKeyOpenssh: privateKey, publicKeyOpenssh = "" } = (await newPair(cloud.run())).state;
    cloud.emulator.cloud.swapKey(name, publicKeyOpenssh);
    const last = await cloud.run().update(SshKeyPair, await imported(), { name, privateKey });
    cloud.emulator.cloud.removeKey(name);
    const run = cloud.run();
    const found = await run.found(SshKeyPair, last);
    expect(run.warnings).toEqual([expect.stringMatching(/is gone from the account.* give the pair another name/)]);
    const again = cloud.run().update(SshKeyPair, found, { name, privateKey });
    await expect(again).rejects.toThrow(/no new key can have the name "Alice Example".*Give the pair another name/);
  });

  test("that a program names by mistake is missing, and no error says to register it", async () => {
    const sshKeys = [{ name: "Bob Example" }];
    expect(await cloud.run().failures(Instance, { ...opened(), sshKeys })).toEqual([
      'sshKeys[0].name: The account has no SSH key "Bob Example". Correct the name.',
    ]);
  });
});

describeGuests((guests) => {
  test("A key whose name no new key can have is declared on an imported machine, and taken off it", async () => {
    const cloud = await startCloud({ guests });
    cloud.emulator.cloud.openSsh();
    const ops = await newPair(cloud.run(), {}, "ops");
    const old = await newPair(cloud.run(), {}, "old");
    cloud.emulator.cloud.swapKey(name, old.state.publicKeyOpenssh ?? "");
    const both = { ...opened(ops), sshKeys: [reference(ops), { name }] };
    const { id, state } = await cloud.run().create(Instance, both);
    cloud.emulator.cloud.labelInstance(state.instanceId, {});
    const last = await Instance.read(id, undefined, cloud.run());
    if (!last) throw new Error("It is gone");
    const { inputs, failures } = await cloud.run().check(Instance, both, last);
    expect([failures, last.inputs.sshKeys]).toEqual([[], [{ name: ops.state.name }, { name }]]);
    expect((await cloud.run().diffChecked(Instance, last, inputs)).changes).not.toContain("sshKeys");
    const now = await cloud.run().update(Instance, last, opened(ops));
    expect([await accepts(cloud, now, ops), await accepts(cloud, now, old)]).toEqual([openOnAll, closedOnAll]);
  });
});
