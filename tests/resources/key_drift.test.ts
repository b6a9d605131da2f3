import { resources } from "../../provider/resources";
import { alice, bob } from "./known_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

describe("A pair whose registration is gone", () => {
  test("keeps its private key in the state, and says so", async () => {
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

  test("is gone from the state when it was only a public key", async () => {
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

  test("is replaced under a new name when its name was generated", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    cloud.emulator.cloud.swapKey(last.id, bob.line);
    const found = await cloud.run().found(SshKeyPair, last);
    const diff = await cloud.run().diff(SshKeyPair, found, {});
    expect(diff).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false, drifted: true });
  });

  test("refuses to go on under a name of its own, and says how to", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "deploy" });
    cloud.emulator.cloud.swapKey("deploy", bob.line);
    const found = await cloud.run().found(SshKeyPair, last);
    const diff = cloud.run().diff(SshKeyPair, found, { name: "deploy" });
    await expect(diff).rejects.toThrow(
      new RegExp(`fingerprint is ${bob.md5}.*exo compute ssh-key delete deploy.*pulumi refresh`),
    );
  });

  test("does not claim in an update that its own key is registered", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    cloud.emulator.cloud.swapKey(last.id, bob.line);
    const { state } = await cloud.run().update(SshKeyPair, last, { comment: "new" });
    expect(state.registeredFingerprintMd5).toBe(bob.md5);
  });
});

test("A key that is read without a state shows what the account knows of it", async () => {
  cloud.emulator.cloud.swapKey("deploy", alice.line);
  const run = cloud.run();
  const found = await SshKeyPair.read("deploy", undefined, run);
  expect(found?.state).toMatchObject({ name: "deploy", publicKeyFingerprintMd5: alice.md5 });
  expect(await SshKeyPair.read("nobody", undefined, run)).toBeUndefined();
});
