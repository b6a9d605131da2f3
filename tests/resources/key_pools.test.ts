import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { Client } from "../emulator/world";
import { accepts, type Machine, newPair, type Pair } from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;

afterEach(closeClouds);

/** No Instance resource exists for members of pools, so their host keys are unknown until they are accepted. */
const connection = { acceptNewHostKeys: true };

describeGuests((guests) => {
  let cloud: TestCloud;
  let client: Client;
  let alice: Pair;
  beforeEach(async () => {
    cloud = await startCloud({ guests });
    cloud.emulator.cloud.openSsh();
    client = new Client(cloud.emulator);
    alice = await newPair(cloud.run(), { connection });
  });

  /** A pool of two members that has these keys. */
  async function workers(...pairs: Pair[]): Promise<string> {
    const keys = pairs.map(({ state }) => ({ name: state.name }));
    const order = await client.order({ name: "workers", size: 2, "ssh-keys": keys });
    const { id } = (await client.settle("POST", "/instance-pool", order)).reference;
    for (const member of cloud.emulator.cloud.instances()) {
      while ((await client.get(`/instance/${member["id"]}`)).state !== "running");
    }
    return id;
  }

  const keysOf = async (pool: string) =>
    (await client.get(`/instance-pool/${pool}`))["ssh-keys"].map(({ name }: { name: string }) => name);
  const answers = async (pair: Pair) => {
    const machines = cloud.emulator.cloud.instances().map((found) => ({ state: { publicIp: found["public-ip"] } }));
    return await Promise.all(machines.map((machine) => accepts(cloud, machine as Machine, pair)));
  };

  test("A deleted pair is removed from the pool first, and then from each member", async () => {
    const ops = await newPair(cloud.run(), {}, "ops");
    const pool = await workers(ops, alice);
    await cloud.run().delete(SshKeyPair, alice);
    expect(await keysOf(pool)).toEqual([ops.state.name]);
    expect(await answers(alice)).toEqual(["debian no, root no", "debian no, root no"]);
    expect(cloud.keys()).toEqual([ops.state.name]);
  });

  test("A new pair takes the place of the old one in the pool and on its members", async () => {
    const pool = await workers(alice);
    const run = cloud.run();
    const next = await newPair(run, { connection });
    await run.delete(SshKeyPair, alice);
    expect(await keysOf(pool)).toEqual([next.state.name]);
    expect([await answers(alice), await answers(next)]).toEqual([
      ["debian no, root no", "debian no, root no"],
      ["debian yes, root no", "debian yes, root no"],
    ]);
  });

  test("A new pair takes the place of the old one even if the stack was renamed meanwhile", async () => {
    const pool = await workers(alice);
    const run = cloud.run();
    const renamed = { ...alice.state.identity, urn: "urn:pulumi:prod::p::t::alice" };
    await run.diff(SshKeyPair, alice, { identity: renamed, onDelete: "revoke", triggers: ["again"] });
    const next = await newPair(run, { connection, identity: renamed });
    await run.delete(SshKeyPair, alice);
    expect(await keysOf(pool)).toEqual([next.state.name]);
  });

  test("The last key of a pool stays, and the error says what to do", async () => {
    const pool = await workers(alice);
    await expect(cloud.run().delete(SshKeyPair, alice)).rejects.toThrow(
      /pool workers +ch-gva-2 +- +has no other key\. To do: give the pool another key, or set allowLockout: true\./,
    );
    expect([await keysOf(pool), cloud.keys()]).toEqual([[alice.state.name], [alice.state.name]]);
  });

  test("A pool that Kubernetes manages is named, and not changed", async () => {
    const ops = await newPair(cloud.run(), {}, "ops");
    const pool = await workers(ops, alice);
    cloud.emulator.cloud.giveToNodepool(pool);
    await expect(cloud.run().delete(SshKeyPair, alice)).rejects.toThrow(/pool workers .* is managed by sks-nodepool\./);
    expect(await keysOf(pool)).toEqual([ops.state.name, alice.state.name]);
  });

  test("Without acceptNewHostKeys nothing is concluded from members", async () => {
    const [ops, strict] = [await newPair(cloud.run(), {}, "ops"), await newPair(cloud.run(), {}, "strict")];
    await workers(ops, strict);
    await expect(cloud.run().delete(SshKeyPair, strict)).rejects.toThrow("connection.acceptNewHostKeys");
    expect(await answers(strict)).toEqual(["debian yes, root yes", "debian yes, root yes"]);
  });
});
