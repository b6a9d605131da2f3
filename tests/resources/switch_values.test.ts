/** Behaviour that may depend on unknown properties of the real API: with each value the provider explains itself. */
import type { Settings } from "../../emulator";
import { KeyMaterialTakenError, KeyNameTakenError, NotInAccountError } from "../../provider/errors";
import { functions, resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { callFunction } from "../../provider/resources/functions/function";
import { Client } from "../emulator/world";
import { alice, bob, uncertainKeys } from "./known_keys";
import { identity, machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair, Instance, SecurityGroup } = resources;
const bodies = ["json", "text", "empty"] as const;

afterEach(closeClouds);

const using = async (settings: Partial<Settings>): Promise<TestCloud> => await startCloud({ settings });

/** The error with which a command is refused. */
async function refusal(command: Promise<unknown>): Promise<Error> {
  const error = await command.catch((thrown: unknown) => thrown);
  if (error instanceof Error) return error;
  throw new Error("It was not refused");
}

describe("A name that another key has", () => {
  test.each([400, 409].flatMap((status) => bodies.map((body) => [status, body] as const)))(
    "is refused with both fingerprints, if the API answers %d with a body that is %s",
    async (status, unrecordedBodies) => {
      const cloud = await using({ duplicateName: status as 400 | 409, unrecordedBodies });
      cloud.emulator.cloud.swapKey("deploy", bob.line);
      const error = await refusal(cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line }));
      expect(error).toBeInstanceOf(KeyNameTakenError);
      expect(error.message).toContain(`its fingerprint is ${bob.md5}, the fingerprint of the key to register is`);
    },
  );

  test.each([400, 409] as const)("is taken over with adopt, if the API answers %d", async (duplicateName) => {
    const cloud = await using({ duplicateName });
    cloud.emulator.cloud.swapKey("deploy", alice.line);
    const { id } = await cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line, adopt: true });
    expect(id).toBe("deploy");
  });
});

describe("A key that the account has under another name", () => {
  test.each(bodies)("is refused with that name, if the refusal is %s", async (unrecordedBodies) => {
    const cloud = await using({ duplicateMaterial: "refused", unrecordedBodies });
    cloud.emulator.cloud.swapKey("old", alice.line);
    const error = await refusal(cloud.run().create(SshKeyPair, { name: "new", publicKey: alice.line }));
    expect(error).toBeInstanceOf(KeyMaterialTakenError);
    expect(error.message).toMatch(/register SSH key "new".*409.*already has this very key under the name "old".*adopt/);
    expect(cloud.keys()).toEqual(["old"]);
  });

  test("is registered again if the API accepts it", async () => {
    const cloud = await using({ duplicateMaterial: "accepted" });
    cloud.emulator.cloud.swapKey("old", alice.line);
    await cloud.run().create(SshKeyPair, { name: "new", publicKey: alice.line });
    expect(cloud.keys()).toEqual(["new", "old"]);
  });
});

describe("A key of a kind or size that the API does not accept", () => {
  const { rsa2048 } = uncertainKeys;
  test.each<[string, Partial<Settings>, object, RegExp]>([
    [
      "ECDSA",
      { ecdsaKeys: "refused" },
      { algorithm: "ecdsa" },
      /Public key is invalid.*ecdsa, may be refused: use ed25519/,
    ],
    [
      "a security key",
      { securityKeys: "refused" },
      { publicKey: uncertainKeys.securityKey.line },
      /Public key is invalid.*A security key \(sk-\) can still be put on a machine by an AuthorizedKey/,
    ],
    ["RSA", { smallestRsa: 3072 }, { publicKey: rsa2048.line }, /Public key is invalid.*short RSA.*use ed25519/],
  ])("is refused with a reason: %s", async (_kind, settings, inputs, reason) => {
    const cloud = await using(settings);
    const error = await refusal(cloud.run().create(SshKeyPair, { name: "deploy", ...inputs }));
    expect(error.message).toMatch(reason);
    expect(cloud.keys()).toEqual([]);
  });

  test.each(["securityKey", "ecdsaSecurityKey"] as const)("is imported where the API accepts it: %s", async (kind) => {
    const cloud = await using({ securityKeys: "accepted" });
    const { line, md5 } = uncertainKeys[kind];
    const { id, state } = await cloud.run().create(SshKeyPair, { name: "token", publicKey: line });
    expect(state).toMatchObject({
      publicKeyOpenssh: line,
      publicKeyFingerprintMd5: md5,
      registeredFingerprintMd5: md5,
    });
    expect([state.algorithm, state.publicKeyPem, state.privateKeyOpenssh]).toEqual([undefined, undefined, undefined]);
    await new Client(cloud.emulator).create({ name: "web", "ssh-keys": [{ name: "token" }] });
    const asked = { publicKeyOpenssh: line };
    const found = await callFunction(functions.getKeyHolders, asked, cloud.run().account);
    expect(found.holders).toMatchObject([{ name: "web", keyName: "token" }]);
    await cloud.run().delete(SshKeyPair, { id, state });
    expect(cloud.keys()).toEqual([]);
  });

  test.each(["ecdsaKeys", "securityKeys"] as const)("does no harm as somebody else's: %s", async (name) => {
    const cloud = await using({ [name]: "accepted" });
    const { line, md5 } = uncertainKeys[name === "ecdsaKeys" ? "ecdsa" : "securityKey"];
    const client = new Client(cloud.emulator);
    await client.register("theirs", line);
    await client.create({ name: "by-hand", "ssh-keys": [{ name: "theirs" }] });
    const found = await callFunction(functions.getKeyHolders, { fingerprint: md5 }, cloud.run().account);
    expect(found.holders).toMatchObject([{ name: "by-hand", keyName: "theirs" }]);
  });
});

describe("A key that vanished between the check and the creation", () => {
  test.each(([400, 404, 409] as const).flatMap((status) => bodies.map((body) => [status, body] as const)))(
    "is named, with what to do, if the API answers %d with a body that is %s",
    async (unknownKeyAtCreate, unrecordedBodies) => {
      const cloud = await using({ unknownKeyAtCreate, unrecordedBodies });
      cloud.emulator.cloud.swapKey("alice", alice.line);
      const run = cloud.run();
      const { inputs } = await run.check(Instance, { ...machine, sshKeys: [{ name: "alice" }] });
      cloud.emulator.cloud.removeKey("alice");
      const error = await refusal(Instance.create(inputs as Parameters<typeof Instance.create>[0], run));
      expect(error).toBeInstanceOf(NotInAccountError);
      expect(error.message).toMatch(/create instance "web".*The account has no SSH key "alice"\. Register it/);
    },
  );
});

describe("Keys for a template that installs none", () => {
  test.each(["ignored", "refused"] as const)("make no instance, if such keys are %s by the API", async (value) => {
    const cloud = await using({ keysWithoutSupport: value });
    cloud.emulator.cloud.swapKey("alice", alice.line);
    const run = cloud.run();
    // At preview the template was not known.
    const news = { ...machine, diskSize: 50, template: UNKNOWN, sshKeys: [{ name: "alice" }] };
    const { inputs, failures } = await run.check(Instance, news);
    expect(failures).toEqual([]);
    const known = { ...inputs, template: "Windows Server 2022" } as Parameters<typeof Instance.create>[0];
    const error = await refusal(Instance.create(known, run));
    expect(error.message).toMatch(/Template "Windows Server 2022" installs no SSH keys. Remove sshKeys/);
    expect(cloud.emulator.cloud.instances()).toEqual([]);
  });
});

describe("Two names of one key", () => {
  test.each(["asked", "first"] as const)("do not make a second instance, listed as %s", async (namesOfOneKey) => {
    const cloud = await using({ namesOfOneKey });
    cloud.emulator.cloud.swapKey("alice", alice.line);
    cloud.emulator.cloud.swapKey("alice-2", alice.line);
    const news = { ...machine, identity, sshKeys: [{ name: "alice-2", publicKeyOpenssh: alice.line }] };
    // The state of the first run is lost, so the next one finds the instance by its mark.
    await cloud.run().create(Instance, news);
    await cloud.run().create(Instance, news);
    expect(cloud.emulator.cloud.instances()).toHaveLength(1);
  });

  test.each(["asked", "first"] as const)("both lead to the holder, listed as %s", async (namesOfOneKey) => {
    const cloud = await using({ namesOfOneKey });
    cloud.emulator.cloud.swapKey("alice", alice.line);
    cloud.emulator.cloud.swapKey("alice-2", alice.line);
    await new Client(cloud.emulator).create({ name: "by-hand", "ssh-keys": [{ name: "alice-2" }] });
    const found = await callFunction(functions.getKeyHolders, { name: "alice-2" }, cloud.run().account);
    expect(found.holders).toMatchObject([{ name: "by-hand" }]);
  });
});

test("The provider waits for a rate limit, and creates each resource once", async () => {
  const cloud = await using({ requestsPerSecond: 3 });
  const run = cloud.run();
  const names = ["a", "b", "c", "d", "e", "f"];
  await Promise.all(names.map((name) => run.create(SshKeyPair, { name })));
  expect(cloud.keys()).toEqual(names);
  expect(cloud.emulator.requests.map(({ status }) => status)).toContain(429);
}, 30_000);

describe("A clock that is off", () => {
  test.each([-240, 240])("by %d s does no harm, if signatures may be valid for ten minutes", async (clockAhead) => {
    const cloud = await using({ clockAhead, longestExpiry: 600 });
    await cloud.run().create(SshKeyPair, { name: "deploy" });
    expect(cloud.keys()).toEqual(["deploy"]);
  });

  test.each([
    [-3600, "60 min ahead of Exoscale's: set it"],
    [3600, "60 min behind Exoscale's: set it"],
  ])("by %d s is named in the error", async (clockAhead, remedy) => {
    const cloud = await using({ clockAhead, longestExpiry: 600 });
    const error = await refusal(cloud.run().create(SshKeyPair, { name: "deploy" }));
    expect(error.message).toContain(remedy);
  });
});

describe("An API key whose role denies", () => {
  test("the list of keys is refused before anything is created, with what to allow", async () => {
    const cloud = await using({ denied: ["GET /ssh-key"] });
    const error = await refusal(cloud.run().create(SshKeyPair, { name: "deploy" }));
    expect(error.message).toMatch(/Forbidden by role policy for compute.*Allow this operation in the IAM role/);
    expect(cloud.changes()).toEqual([]);
  });

  test("the list of pools can still delete a key, with a warning of what was not seen", async () => {
    const cloud = await using({ denied: ["GET /instance-pool"] });
    const key = await cloud.run().create(SshKeyPair, { name: "deploy" });
    const run = cloud.run();
    await run.delete(SshKeyPair, key);
    expect(cloud.keys()).toEqual([]);
    expect(run.warnings).toEqual([
      expect.stringMatching(/could not be searched for it: ch-gva-2 \(.*Forbidden by role/),
    ]);
  });

  test("the deletion of a key keeps the key, and the error says why", async () => {
    const cloud = await using({ denied: ["DELETE /ssh-key/{name}"] });
    const key = await cloud.run().create(SshKeyPair, { name: "deploy" });
    expect((await refusal(cloud.run().delete(SshKeyPair, key))).message).toContain("Forbidden by role policy");
    expect(cloud.keys()).toEqual(["deploy"]);
  });
});

describe("A security group that an instance is in", () => {
  test.each(([400, 409, 412] as const).flatMap((status) => bodies.map((body) => [status, body] as const)))(
    "stays, and the error names the instance, if the API answers %d with a body that is %s",
    async (groupInUse, unrecordedBodies) => {
      const cloud = await using({ groupInUse, unrecordedBodies });
      const run = cloud.run();
      const group = await run.create(SecurityGroup, { name: "ssh", rules: [] });
      await run.create(Instance, { ...machine, securityGroups: [group.id] });
      const error = await refusal(cloud.run().delete(SecurityGroup, group));
      expect(error.message).toMatch(/security group.*web \(ch-gva-2\)/);
    },
  );
});

test("A quota that is used up is named, and nothing is left", async () => {
  const cloud = await using({ instanceQuota: 0 });
  const error = await refusal(cloud.run().create(Instance, machine));
  expect(error.message).toMatch(/create instance "web".*409.*Quota exceeded.*raise/);
});
