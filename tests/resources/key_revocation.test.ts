import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { accepts, newPair, opened, type Pair, reference } from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

afterEach(closeClouds);

describeGuests((guests) => {
  let cloud: TestCloud;
  let alice: Pair;
  let ops: Pair;
  beforeEach(async () => {
    cloud = await startCloud({ guests });
    cloud.emulator.cloud.openSsh();
    alice = await newPair(cloud.run());
    ops = await newPair(cloud.run(), {}, "ops");
  });

  const machineOf = async (...pairs: Pair[]) => await cloud.run().create(Instance, opened(...pairs));
  const revoked = async (pair: Pair) => {
    const run = cloud.run();
    const error: unknown = await run.delete(SshKeyPair, pair).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { message: error instanceof Error ? error.message : "", notes: run.notes, warnings: run.warnings };
  };

  test("A pair that is deleted logs in to what it opens, and takes itself out", async () => {
    const [web, db] = [await machineOf(ops, alice), await machineOf(ops, alice)];
    expect((await revoked(alice)).message).toBe("");
    expect([await accepts(cloud, web, alice), await accepts(cloud, db, alice)]).toEqual(["no no", "no no"]);
    expect(await accepts(cloud, web, ops)).toBe("yes yes");
    expect(cloud.keys()).toEqual([ops.state.name]);
  });

  test("The last key that is known to open a machine stays, and the deletion says so", async () => {
    const web = await machineOf(alice);
    const { message } = await revoked(alice);
    expect(message).toMatch(
      / {2}web {2}ch-gva-2 {2}127\.\d+\.\d+\.\d+ {2}SHA256:.* is the last key known to open debian@127/,
    );
    expect(await accepts(cloud, web, alice)).toBe("yes yes");
    expect(cloud.keys()).toContain(alice.state.name);
  });

  test("With allowLockout the last key goes as well", async () => {
    const only = await newPair(cloud.run(), { allowLockout: true }, "only");
    const web = await machineOf(only);
    expect((await revoked(only)).message).toBe("");
    expect(await accepts(cloud, web, only)).toBe("no no");
  });

  test("A machine that is down keeps the key in the account, and a repeat goes on from there", async () => {
    const [web, db] = [await machineOf(ops, alice), await machineOf(ops, alice)];
    const down = await cloud.run().update(Instance, db, { ...opened(ops, alice), state: "stopped" });
    expect((await revoked(alice)).message).toMatch(
      / {2}web {2}ch-gva-2 {2}\S+ {2}is stopped\. To do: start it, or delete it\.\n/,
    );
    expect([await accepts(cloud, web, alice), cloud.keys()]).toEqual([
      "no no",
      [alice.state.name, ops.state.name].sort(),
    ]);
    await cloud.run().update(Instance, down, opened(ops, alice));
    expect((await revoked(alice)).message).toBe("");
    expect([await accepts(cloud, db, alice), cloud.keys()]).toEqual(["no no", [ops.state.name]]);
  });

  test("A new pair takes the place of the old one on machines that nobody else looks after", async () => {
    const web = await machineOf(alice);
    const run = cloud.run();
    const next = await newPair(run);
    await run.delete(SshKeyPair, alice);
    expect([await accepts(cloud, web, alice), await accepts(cloud, web, next)]).toEqual(["no no", "yes no"]);
    expect(cloud.keys()).toEqual([next.state.name, ops.state.name].sort());
  });

  test("An imported key is revoked over the connection that is declared for it", async () => {
    const connection = { privateKey: ops.state.privateKeyOpenssh };
    const { publicKeyOpenssh: publicKey } = alice.state;
    const bob = await newPair(cloud.run(), { publicKey, connection, name: "bob" }, "bob");
    const web = await machineOf(ops, alice);
    expect(reference(bob).publicKeyOpenssh).toContain("ssh-ed25519");
    await revoked(bob);
    expect(await accepts(cloud, web, alice)).toBe("no no");
  });
});
