import { resources } from "../../provider/resources";
import { alice, bob } from "./known_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

test("A pair whose stack was renamed is updated once, so that its state has the new identity", async () => {
  const identity = { organization: "o", urn: "urn:pulumi:dev::p::t::alice", name: "alice" };
  const renamed = { ...identity, urn: "urn:pulumi:prod::p::t::alice" };
  const last = await cloud.run().create(SshKeyPair, { identity });
  expect(await cloud.run().diff(SshKeyPair, last, { identity })).toMatchObject({ drifted: false });
  expect(await cloud.run().diff(SshKeyPair, last, { identity: renamed })).toMatchObject({
    replaces: [],
    drifted: true,
  });
  const updated = await cloud.run().update(SshKeyPair, last, { identity: renamed });
  expect(await cloud.run().diff(SshKeyPair, updated, { identity: renamed })).toMatchObject({ drifted: false });
});

describe("A pair whose registration is gone", () => {
  test("keeps its private key in the state, with a warning", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    cloud.emulator.cloud.removeKey(last.id);
    const run = cloud.run();
    const { state } = await run.found(SshKeyPair, last);
    const { registeredFingerprintMd5: _, ...kept } = last.state;
    expect(state).toEqual(kept);
    expect(run.warnings).toEqual([expect.stringMatching(/is gone from the account.*"pulumi up" registers it again/)]);
  });

  test("is registered again with the same key by the next update", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    cloud.emulator.cloud.removeKey(last.id);
    const found = await cloud.run().found(SshKeyPair, last);
    expect(await cloud.run().diff(SshKeyPair, found, {})).toMatchObject({ replaces: [], drifted: true });
    const updated = await cloud.run().update(SshKeyPair, found, {});
    expect(updated.state).toEqual(last.state);
    expect(cloud.emulator.cloud.keys).toMatchObject([
      { name: last.id, fingerprint: last.state.publicKeyFingerprintMd5 },
    ]);
  });

  test("is removed from the state if it was only a public key", async () => {
    const last = await cloud.run().create(SshKeyPair, { publicKey: alice.line });
    cloud.emulator.cloud.removeKey(last.id);
    expect(await cloud.run().read(SshKeyPair, last)).toBeUndefined();
  });
});

describe("A pair under whose name somebody registered another key", () => {
  test("shows that key's fingerprint beside its own", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    cloud.emulator.cloud.swapKey(last.id, bob.line);
    const { state } = await cloud.run().found(SshKeyPair, last);
    expect(state).toEqual({ ...last.state, registeredFingerprintMd5: bob.md5 });
  });

  test.each([{}, { name: "deploy" }])(
    "is not replaced with %j, because that would delete its private key",
    async (inputs) => {
      const last = await cloud.run().create(SshKeyPair, inputs);
      cloud.emulator.cloud.swapKey(last.id, bob.line);
      const found = await cloud.run().found(SshKeyPair, last);
      expect(await cloud.run().diff(SshKeyPair, found, inputs)).toMatchObject({ replaces: [], drifted: true });
      cloud.emulator.cloud.removeKey(last.id);
    },
  );

  test("cannot be updated while that key is there, and the error says what to do", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    cloud.emulator.cloud.swapKey(last.id, bob.line);
    const update = cloud.run().update(SshKeyPair, last, { comment: "new" });
    await expect(update).rejects.toThrow(
      new RegExp(`fingerprint is ${bob.md5}.*exo compute ssh-key delete ${last.id}`),
    );
  });
});

test("A key that is read without a state shows its name and fingerprint", async () => {
  cloud.emulator.cloud.swapKey("deploy", alice.line);
  const run = cloud.run();
  const found = await SshKeyPair.read("deploy", undefined, run);
  expect(found?.state).toMatchObject({ name: "deploy", publicKeyFingerprintMd5: alice.md5 });
  expect(await SshKeyPair.read("nobody", undefined, run)).toBeUndefined();
});
