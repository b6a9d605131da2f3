import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { accepts, keyLabels, md5Of, newPair, opened, type Pair } from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

afterEach(closeClouds);

describeGuests((guests) => {
  let cloud: TestCloud;
  let first: Pair;
  let second: Pair;
  beforeEach(async () => {
    cloud = await startCloud({ guests });
    cloud.emulator.cloud.openSsh();
    first = await newPair(cloud.run());
    second = await newPair(cloud.run());
  });

  test("A new pair takes the place of the old one on a running machine", async () => {
    const web = await cloud.run().create(Instance, opened(first));
    const now = await cloud.run().update(Instance, web, opened(second));
    expect(await accepts(cloud, web, first)).toBe("debian no, root no");
    expect(await accepts(cloud, web, second)).toBe("debian yes, root no");
    expect(now.state).toMatchObject({ instanceId: web.state.instanceId, staleSshKeys: [] });
  });

  test("After the rotation, labels say which key is there and which one is closed", async () => {
    const web = await cloud.run().create(Instance, opened(first));
    await cloud.run().update(Instance, web, opened(second));
    expect(keyLabels(cloud.emulator)).toEqual([`closed.${md5Of(first)}`, expect.stringMatching(/^key\.[0-9a-f]{16}$/)]);
  });

  test("The old pair is then deleted without a warning, and the machine has no stale key", async () => {
    const web = await cloud.run().create(Instance, opened(first));
    const now = await cloud.run().update(Instance, web, opened(second));
    const run = cloud.run();
    await run.delete(SshKeyPair, first);
    expect([run.warnings, cloud.keys()]).toEqual([[], [second.state.name]]);
    expect((await cloud.run().found(Instance, now)).state.staleSshKeys).toEqual([]);
  });

  test("The third pair closes both earlier ones, after an update that added the second one and failed", async () => {
    const web = await cloud.run().create(Instance, opened(first));
    await cloud.run().update(Instance, web, opened(first, second));
    const third = await newPair(cloud.run());
    // The state is from before the second one was added, as after an interrupted run.
    await cloud.run().update(Instance, web, opened(third));
    expect(await accepts(cloud, web, first)).toBe("debian no, root no");
    expect(await accepts(cloud, web, second)).toBe("debian no, root no");
  });

  test("A pair that a failed update added is closed when the program is reverted", async () => {
    const [web, third] = [await cloud.run().create(Instance, opened(first, second)), await newPair(cloud.run())];
    const run = cloud.run();
    const forbidden = { kind: "status", status: 403, method: "PUT", path: /^\/instance\/[0-9a-f-]+$/ } as const;
    // After the last key change, a label that records it is written.
    run.log.info = (step) => void (/proving/.test(step) && cloud.emulator.faults.add(forbidden));
    const half = await run.updateInPart(Instance, web, opened(first, third));
    cloud.emulator.faults.clear();
    expect([await accepts(cloud, web, second), await accepts(cloud, web, third)]).toEqual([
      "debian no, root no",
      "debian yes, root no",
    ]);

    const guest = await cloud.emulator.cloud.guest(String(web.state.instanceId));
    // Somebody has added options to the line of a key that stays.
    await guest.writeAuthorizedKeys(`no-pty ${await guest.authorizedKeys()}`);
    expect(await cloud.run().diff(Instance, half, opened(first, second))).toMatchObject({ drifted: true });
    const now = await cloud.run().update(Instance, half, opened(first, second));
    expect([await accepts(cloud, web, second), await accepts(cloud, web, third)]).toEqual([
      "debian yes, root no",
      "debian no, root no",
    ]);
    expect(now.state).not.toHaveProperty("keysUnsettled");
  });

  test("A pair that alone opens a machine, but is in no state, logs in to add the third one and is closed", async () => {
    const web = await cloud.run().create(Instance, opened(first));
    await cloud.run().update(Instance, web, opened(second));
    const run = cloud.run();
    await run.diff(SshKeyPair, second, { identity: second.state.identity, onDelete: "revoke", triggers: ["again"] });
    const third = await newPair(run);
    await run.update(Instance, web, opened(third));
    expect(await accepts(cloud, web, second)).toBe("debian no, root no");
    expect(await accepts(cloud, web, third)).toBe("debian yes, root no");
  });

  test("A key that an interrupted run added is stale after its deletion from the account", async () => {
    const web = await cloud.run().create(Instance, opened(first));
    await cloud.run().update(Instance, web, opened(first, second));
    const stale = async () => (await cloud.run().found(Instance, web)).state.staleSshKeys;
    expect(await stale()).toEqual([]);
    cloud.emulator.cloud.removeKey(second.state.name);
    expect(await stale()).toMatchObject([{ fingerprintMd5: second.state.publicKeyFingerprintMd5 }]);
  });

  test("Two rotations leave one open key and nothing stale, whatever the API lists", async () => {
    const web = await cloud.run().create(Instance, opened(first));
    const then = await cloud.run().update(Instance, web, opened(second));
    await cloud.run().delete(SshKeyPair, first);
    const third = await newPair(cloud.run());
    const now = await cloud.run().update(Instance, then, opened(third));
    await cloud.run().delete(SshKeyPair, second);
    expect([await accepts(cloud, web, second), await accepts(cloud, web, third)]).toEqual([
      "debian no, root no",
      "debian yes, root no",
    ]);
    for (const deletedKeys of ["listed", "dropped", "by-name"] as const) {
      cloud.emulator.cloud.set({ deletedKeys });
      expect((await cloud.run().found(Instance, now)).state.staleSshKeys).toEqual([]);
    }
  });
});
