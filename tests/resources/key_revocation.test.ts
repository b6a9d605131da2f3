import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { KeyFolder } from "./key_folder";
import { accepts, newPair, opened, type Pair, reference } from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

let folder: KeyFolder;
beforeEach(() => {
  folder = new KeyFolder();
});
afterEach(closeClouds);
afterEach(() => folder.dispose());

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

  test("A deleted pair logs in to its holders, and removes itself", async () => {
    const [web, db] = [await machineOf(ops, alice), await machineOf(ops, alice)];
    expect((await revoked(alice)).message).toBe("");
    expect([await accepts(cloud, web, alice), await accepts(cloud, db, alice)]).toEqual([
      "debian no, root no",
      "debian no, root no",
    ]);
    expect(await accepts(cloud, web, ops)).toBe("debian yes, root yes");
    expect(cloud.keys()).toEqual([ops.state.name]);
  });

  test("The last key that is known to open a machine stays, and the deletion fails", async () => {
    const web = await machineOf(alice);
    const { message } = await revoked(alice);
    expect(message).toMatch(
      / {2}web {2}ch-gva-2 {2}127\.\d+\.\d+\.\d+ {2}SHA256:.* is the last key known to open debian@127/,
    );
    expect(await accepts(cloud, web, alice)).toBe("debian yes, root yes");
    expect(cloud.keys()).toContain(alice.state.name);
  });

  test("With allowLockout the last key is removed as well", async () => {
    const only = await newPair(cloud.run(), { allowLockout: true }, "only");
    const web = await machineOf(only);
    expect((await revoked(only)).message).toBe("");
    expect(await accepts(cloud, web, only)).toBe("debian no, root no");
  });

  test("A machine that is down keeps the key in the account, and a repeated deletion continues", async () => {
    const [web, db] = [await machineOf(ops, alice), await machineOf(ops, alice)];
    const down = await cloud.run().update(Instance, db, { ...opened(ops, alice), state: "stopped" });
    expect((await revoked(alice)).message).toMatch(
      / {2}web {2}ch-gva-2 {2}\S+ {2}is stopped\. To do: start it, or delete it\.\n/,
    );
    expect([await accepts(cloud, web, alice), cloud.keys()]).toEqual([
      "debian no, root no",
      [alice.state.name, ops.state.name].sort(),
    ]);
    await cloud.run().update(Instance, down, opened(ops, alice));
    expect((await revoked(alice)).message).toBe("");
    expect([await accepts(cloud, db, alice), cloud.keys()]).toEqual(["debian no, root no", [ops.state.name]]);
  });

  test("A new pair takes the place of the old one on machines that no Instance manages", async () => {
    const web = await machineOf(alice);
    const run = cloud.run();
    const next = await newPair(run);
    await run.delete(SshKeyPair, alice);
    expect([await accepts(cloud, web, alice), await accepts(cloud, web, next)]).toEqual([
      "debian no, root no",
      "debian yes, root no",
    ]);
    expect(cloud.keys()).toEqual([next.state.name, ops.state.name].sort());
  });

  test("An imported key is revoked over its declared connection", async () => {
    const connection = { privateKey: ops.state.privateKeyOpenssh };
    const { publicKeyOpenssh: publicKey } = alice.state;
    const bob = await newPair(cloud.run(), { publicKey, connection, name: "bob" }, "bob");
    const web = await machineOf(ops, alice);
    expect(reference(bob).publicKeyOpenssh).toContain("ssh-ed25519");
    await revoked(bob);
    expect(await accepts(cloud, web, alice)).toBe("debian no, root no");
  });

  test("A key that no credential can revoke stays, and the error says what to give", async () => {
    const { publicKeyOpenssh: publicKey } = alice.state;
    const bob = await newPair(cloud.run(), { publicKey, name: "bob" }, "bob");
    const web = await machineOf(ops, alice);
    expect((await revoked(bob)).message).toMatch(
      /there is no key to log in with: only the public key was imported\. To do: give a connection, or start an ssh-agent\./,
    );
    expect([await accepts(cloud, web, alice), cloud.keys()]).toEqual([
      "debian yes, root yes",
      expect.arrayContaining(["bob"]),
    ]);
  });

  test("A key whose private key file is not on this machine stays", async () => {
    const filed = await newPair(cloud.run(), { privateKeyFile: folder.path("key") }, "filed");
    await machineOf(ops, filed);
    folder.lose("key");
    expect((await revoked(filed)).message).toContain(
      "does not hold the private key of the pair, which is needed to log in",
    );
    expect(cloud.keys()).toContain(filed.state.name);
  });

  test("A private key file logs in, and is removed with the pair", async () => {
    const filed = await newPair(cloud.run(), { privateKeyFile: folder.path("key") }, "filed");
    const web = await machineOf(ops, filed);
    expect((await revoked(filed)).message).toBe("");
    expect([await accepts(cloud, web, filed), folder.names()]).toEqual(["debian no, root no", []]);
  });

  test("A machine whose host key nobody knows proves nothing, and keeps its key", async () => {
    const { waitForSsh: _, ...unseen } = opened(ops, alice);
    const web = await cloud.run().create(Instance, unseen);
    expect((await revoked(alice)).message).toMatch(/The host key of 127\S+ is not known.* To do: set waitForSsh: true/);
    expect(await accepts(cloud, web, alice)).toBe("debian yes, root yes");
  });

  test("Nothing is sent to another machine at the address of a holder, and the key stays", async () => {
    const [web, other] = [await machineOf(ops, alice), await machineOf(alice)];
    await cloud.emulator.guests.swapAddresses(web.state.instanceId, other.state.instanceId);
    expect((await revoked(alice)).message).toMatch(
      /The host key of 127\S+ has changed.*give its new connection.hostKey/s,
    );
    expect(await accepts(cloud, web, alice)).toBe("debian yes, root yes");
  });
});
