import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { alice, bob } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const [type, base64] = alice.line.split(" ");
const keyOfAlice = { name: "alice", publicKeyOpenssh: alice.line };
const keyOfBob = { name: "bob", publicKeyOpenssh: bob.line };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.emulator.cloud.swapKey("alice", alice.line);
  cloud.emulator.cloud.swapKey("bob", bob.line);
});
afterEach(closeClouds);

async function diffOfKeys(before: unknown, after: unknown, more = {}) {
  const run = cloud.run();
  const last = await run.create(Instance, { ...machine, sshKeys: before });
  const { inputs } = await run.check(Instance, { ...machine, sshKeys: after, ...more }, last);
  return run.diffChecked(Instance, last, inputs);
}

async function refusals(before: unknown, after: unknown, more = {}) {
  const last = await cloud.run().create(Instance, { ...machine, sshKeys: before });
  return await cloud.run().failures(Instance, { ...machine, sshKeys: after, ...more }, last);
}

describe("The keys of an instance are the same", () => {
  test.each([
    ["with another comment", [{ name: "alice", publicKeyOpenssh: `${type} ${base64} alice@laptop` }]],
    ["with a trailing newline", [{ name: "alice", publicKeyOpenssh: `${alice.line}\n` }]],
    ["under another name", [{ name: "alice-2", publicKeyOpenssh: alice.line }]],
    ["while the public key is not known yet", [{ name: "alice", publicKeyOpenssh: UNKNOWN }]],
    ["by their name alone", [{ name: "alice" }]],
  ])("%s", async (_what, sshKeys) => {
    cloud.emulator.cloud.swapKey("alice-2", alice.line);
    expect((await diffOfKeys([keyOfAlice], sshKeys)).changes).toEqual([]);
  });

  test("in another order", async () => {
    expect((await diffOfKeys([keyOfAlice, keyOfBob], [keyOfBob, keyOfAlice])).changes).toEqual([]);
  });
});

describe("A change of the keys is refused", () => {
  test.each([
    ["when one is removed", [keyOfAlice, keyOfBob], [keyOfAlice]],
    ["when one is added", [keyOfAlice], [keyOfAlice, keyOfBob]],
    ["when the last one is removed", [keyOfAlice], undefined],
    ["when one is replaced by a known key", [keyOfAlice], [{ name: "bob", publicKeyOpenssh: bob.line }]],
    ["when one is replaced by a new pair", [keyOfAlice], [{ name: "carol-1", publicKeyOpenssh: UNKNOWN }]],
  ])("%s", async (_what, before, after) => {
    expect(await refusals(before, after)).toEqual([
      expect.stringMatching(/^sshKeys: sshKeys of instance "web" changed/),
    ]);
  });

  test("with the keys that it has and both remedies", async () => {
    const [reason] = await refusals([keyOfAlice, keyOfBob], [keyOfBob]);
    expect(reason).toContain("(they were: alice, bob)");
    expect(reason).toContain('ignoreChanges: ["sshKeys"]');
    expect(reason).toContain("replaceOnKeyChange: true");
  });

  test("over a connection, when a new key is given by its name alone", async () => {
    const [reason] = await refusals([keyOfAlice], [keyOfAlice, { name: "bob" }], { connection: { user: "debian" } });
    expect(reason).toMatch(
      /^sshKeys\[1\]: SSH key "bob" has to be added to instance "web" over SSH.*only fingerprints.*name of an SshKeyPair that this program declares/,
    );
  });

  test.each<[string, unknown, string]>([
    ["as text", "bobby", "Register it, or declare it as an SshKeyPair and pass that."],
    ["in an object", { name: "bobby" }, "Register it, or declare it as an SshKeyPair and pass that."],
    [
      "in another case",
      "Bob",
      'Did you mean "bob"? If not, register it, or declare it as an SshKeyPair and pass that.',
    ],
    [
      "with two letters swapped",
      "bbo",
      'Did you mean "bob"? If not, register it, or declare it as an SshKeyPair and pass that.',
    ],
    ["that no new key can have", "bob ", 'Did you mean "bob"? If not, correct the name.'],
  ])("over a connection, when the account has no key of a name that is given %s", async (_what, key, remedy) => {
    const connection = { user: "debian" };
    const name = typeof key === "string" ? key : "bobby";
    expect(await refusals([keyOfAlice], [keyOfAlice, key], { connection })).toEqual([
      `sshKeys[1].name: The account has no SSH key "${name}". ${remedy} A key that is new to instance "web" also needs its publicKeyOpenssh.`,
    ]);
  });

  test("over a connection, when a name in the list is no key", async () => {
    const [reason] = await refusals([keyOfAlice], ["alice", 7, ""], { connection: { user: "debian" } });
    expect(reason).toBe("sshKeys[1]: An object is expected, got 7");
  });

  test("over a connection, when the machine is declared stopped", async () => {
    const more = { connection: { user: "debian" }, state: "stopped" };
    expect((await refusals([keyOfAlice], [keyOfBob], more))[0]).toContain('so it has to run: set state: "running"');
  });
});

test.each([
  ["known", { user: "debian" }],
  ["unknown", UNKNOWN],
])("A change of the keys over a %s connection is no replacement", async (_what, connection) => {
  expect(await refusals([keyOfAlice], [keyOfBob], { connection })).toEqual([]);
  expect((await diffOfKeys([keyOfAlice], [keyOfBob], { connection })).replaces).toEqual([]);
});

test("Two names of one key do not count as two keys", async () => {
  cloud.emulator.cloud.swapKey("alice-2", alice.line);
  const twice = [keyOfAlice, { name: "alice-2", publicKeyOpenssh: alice.line }];
  expect(await refusals([keyOfAlice, keyOfBob], twice)).toHaveLength(1);
});

test("A name in the list stands for the key of that name, also beside what is not known yet", async () => {
  const { inputs, failures } = await cloud.run().check(Instance, { ...machine, sshKeys: ["alice", UNKNOWN, keyOfBob] });
  expect([failures, inputs["sshKeys"]]).toEqual([[], [{ name: "alice" }, UNKNOWN, keyOfBob]]);
  expect((await diffOfKeys([keyOfAlice], ["alice"])).changes).toEqual([]);
});

test("A list of keys that is unknown as a whole is neither refused nor a replacement", async () => {
  expect(await refusals([keyOfAlice], UNKNOWN)).toEqual([]);
  expect(await diffOfKeys([keyOfAlice], UNKNOWN, { replaceOnKeyChange: true })).toMatchObject({ replaces: [] });
});

describe("A key that the account does not have is named at the preview of a new instance", () => {
  test.each([
    ["with the key whose name differs in case", "Alice", "alice"],
    ["with the key whose name differs in one letter", "alicce", "alice"],
    ["with the key that a pair of the program has under a generated name", "deploy", "deploy-0a1b2c3"],
  ])("%s", async (_what, name, meant) => {
    cloud.emulator.cloud.swapKey("deploy-0a1b2c3", alice.line);
    expect(await cloud.run().failures(Instance, { ...machine, sshKeys: [name] })).toEqual([
      `sshKeys[0].name: The account has no SSH key "${name}". Did you mean "${meant}"? If not, register it, or declare it as an SshKeyPair and pass that.`,
    ]);
  });

  test.each(["bobby", "alice2", "x"])("and no other key, if none has a name like %s", async (name) => {
    cloud.emulator.cloud.swapKey("alice1", alice.line);
    expect(await cloud.run().failures(Instance, { ...machine, sshKeys: [name] })).toEqual([
      expect.stringMatching(/^(?!.*Did you mean).*Register it/),
    ]);
  });
});

describe("A key that the account has under a name for which the program means another", () => {
  const mallory = { name: "alice", publicKeyOpenssh: bob.line };

  test("is refused at preview, with both fingerprints", async () => {
    const failures = await cloud.run().failures(Instance, { ...machine, sshKeys: [mallory] });
    expect(failures).toEqual([expect.stringMatching(new RegExp(`^sshKeys\\[0\\].name: .*${alice.md5}.*${bob.md5}`))]);
  });

  test("never reaches an instance, even if the preview accepted the name", async () => {
    const run = cloud.run();
    const { inputs } = await run.check(Instance, { ...machine, sshKeys: [keyOfAlice] });
    cloud.emulator.cloud.swapKey("alice", bob.line);
    await expect(Instance.create(inputs as never, run)).rejects.toThrow(alice.md5);
    expect(cloud.emulator.cloud.instances()).toEqual([]);
  });
});

test("A change of the keys makes a new instance with replaceOnKeyChange", async () => {
  const diff = await diffOfKeys([keyOfAlice], [keyOfBob], { replaceOnKeyChange: true });
  expect(diff.replaces).toEqual(["sshKeys"]);
});

test("A changed connection alone touches nothing", async () => {
  const last = await cloud.run().create(Instance, machine);
  const news = { ...machine, connection: { user: "admin" } };
  expect(await cloud.run().diff(Instance, last, news)).toMatchObject({ changes: ["connection"], replaces: [] });
  const soFar = cloud.changes();
  await cloud.run().update(Instance, last, news);
  expect(cloud.changes()).toEqual(soFar);
});

describe.each(["listed", "dropped"] as const)("If the API has deleted keys %s", (deletedKeys) => {
  beforeEach(() => cloud.emulator.cloud.set({ deletedKeys }));

  test("a key that was deleted from the account is stale on the instance", async () => {
    const last = await cloud.run().create(Instance, { ...machine, sshKeys: [keyOfAlice, keyOfBob] });
    cloud.emulator.cloud.removeKey("alice");
    const { state, inputs } = await cloud.run().found(Instance, last);
    expect(state.staleSshKeys).toEqual([{ name: "alice", fingerprintMd5: alice.md5 }]);
    expect(inputs.sshKeys).toEqual([keyOfAlice, keyOfBob]);
  });

  test("a key is stale even if another one has its name", async () => {
    const last = await cloud.run().create(Instance, { ...machine, sshKeys: [keyOfAlice] });
    cloud.emulator.cloud.swapKey("alice", bob.line);
    const { state } = await cloud.run().found(Instance, last);
    expect(state.staleSshKeys).toEqual([{ name: "alice", fingerprintMd5: alice.md5 }]);
  });

  test("a key that the account has under another name is not stale", async () => {
    const last = await cloud.run().create(Instance, { ...machine, sshKeys: [keyOfAlice] });
    cloud.emulator.cloud.removeKey("alice");
    cloud.emulator.cloud.swapKey("alice-2", alice.line);
    const { state } = await cloud.run().found(Instance, last);
    expect(state.staleSshKeys).toEqual([]);
  });

  test("the record of the keys that the instance was given stays complete", async () => {
    const last = await cloud.run().create(Instance, { ...machine, sshKeys: [keyOfAlice] });
    cloud.emulator.cloud.removeKey("alice");
    const { state } = await cloud.run().found(Instance, last);
    expect(state.heldKeys).toEqual([{ ...keyOfAlice, origin: "boot", fingerprintMd5: alice.md5 }]);
  });
});
