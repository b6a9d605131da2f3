/** Cases in which an open key could be reported as closed, or a key could be removed that has to stay. */
import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { accepts, keyLabels, type Machine, md5Of, newPair, opened, type Pair, reference } from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

afterEach(closeClouds);

let cloud: TestCloud;
let ops: Pair;
let alice: Pair;
let bob: Pair;
beforeEach(async () => {
  cloud = await startCloud({ guests: "ssh2" });
  cloud.emulator.cloud.openSsh();
  ops = await newPair(cloud.run(), {}, "ops");
  alice = await newPair(cloud.run(), {}, "alice");
  bob = await newPair(cloud.run(), {}, "bob");
});

const machine = async (...pairs: Pair[]) => await cloud.run().create(Instance, opened(...pairs));
const guestOf = async (web: Machine) => await cloud.emulator.cloud.guest(web.state.instanceId);
/** Puts a key back manually. */
const put = async (web: Machine, pair: Pair, home = "/home/debian", options = "") =>
  await (await guestOf(web)).asRoot(`cat >>${home}/.ssh/authorized_keys`, `${options}${pair.state.publicKeyOpenssh}\n`);
/** Removes a key manually. */
const drop = async (web: Machine, { state }: Pair) => {
  const [, base64] = (state.publicKeyOpenssh ?? "").split(" ");
  const each = 'grep -vF "$key" $home/.ssh/authorized_keys >$home/left; cat $home/left >$home/.ssh/authorized_keys';
  await (await guestOf(web)).asRoot(`key=${base64}; for home in /root /home/debian; do ${each}; done`);
};
const outcome = async (work: Promise<unknown>) =>
  await work.then(
    () => "done",
    (error: Error) => error.message,
  );
const withConnection = (pair: Pair): Pair => ({
  ...pair,
  state: { ...pair.state, connection: { privateKey: ops.state.privateKeyOpenssh } },
});
const identityOf = (pair: Pair) => ({ identity: pair.state.identity });

describe("A key stays if it is still wanted", () => {
  test("when its imported pair only changes its name", async () => {
    const publicKey = alice.state.publicKeyOpenssh;
    const one = await newPair(cloud.run(), { publicKey, name: "one" }, "imported");
    const web = await machine(ops, one);
    const run = cloud.run();
    const two = await run.create(SshKeyPair, { ...identityOf(one), publicKey, name: "two", onDelete: "revoke" });
    await run.delete(SshKeyPair, one);
    expect([await accepts(cloud, web, alice), cloud.keys()]).toEqual([
      "debian yes, root yes",
      expect.arrayContaining([two.id]),
    ]);
    expect(cloud.keys()).not.toContain("one");
  });

  test("when another pair of the program has the same key", async () => {
    const publicKey = alice.state.publicKeyOpenssh;
    const [one, two] = [await newPair(cloud.run(), { publicKey, name: "one" }, "one"), { publicKey, name: "two" }];
    await newPair(cloud.run(), two, "two");
    const web = await machine(ops, one);
    const run = cloud.run();
    await run.check(SshKeyPair, two);
    await run.delete(SshKeyPair, one);
    expect(await accepts(cloud, web, alice)).toBe("debian yes, root yes");
  });

  test("when the program now refers to it by its name alone", async () => {
    const web = await machine(ops, alice);
    const sshKeys = [reference(ops), { name: alice.state.name }, reference(bob)];
    await cloud.run().update(Instance, web, { ...opened(ops), sshKeys });
    expect(await accepts(cloud, web, alice)).toBe("debian yes, root yes");
  });

  test("when the rotation of another stack has added it", async () => {
    const web = await machine(ops, alice);
    const run = cloud.run();
    const next = await newPair(run);
    await run.delete(SshKeyPair, alice);
    await cloud.run().update(Instance, web, opened(ops, bob));
    expect(await accepts(cloud, web, next)).toBe("debian yes, root no");
  });
});

describe("A key is not reported as closed", () => {
  test("on a machine that was recreated and has it", async () => {
    const web = await machine(ops, alice);
    await cloud.run().update(Instance, web, opened(ops));
    await cloud.emulator.guests.replaceHostKeys(web.state.instanceId);
    await put(web, alice);
    expect(await outcome(cloud.run().delete(SshKeyPair, alice))).toContain("has changed");
    expect(cloud.keys()).toContain(alice.state.name);
  });

  test("on a machine that is stopped, whatever its labels say", async () => {
    const web = await machine(ops, alice);
    await cloud.run().update(Instance, web, opened(ops));
    await cloud.emulator.cloud.stopInstance(web.state.instanceId);
    expect(await outcome(cloud.run().delete(SshKeyPair, alice))).toContain("is stopped");
  });

  test.each([
    ["for root", "/root", ""],
    ["with options", "/home/debian", 'from="10.0.0.0/8" '],
  ])("after somebody put it back %s, if another key logs in", async (_what, home, options) => {
    const web = await machine(ops, alice);
    await cloud.run().update(Instance, web, opened(ops));
    await put(web, alice, home, options);
    expect(await outcome(cloud.run().delete(SshKeyPair, withConnection(alice)))).toBe("done");
    const { stdout } = await (await guestOf(web)).asRoot(
      "cat /root/.ssh/authorized_keys /home/debian/.ssh/authorized_keys",
    );
    expect(stdout).not.toContain(alice.state.publicKeyOpenssh?.split(" ")[1]);
  });

  test("because its removal was begun once, and it is refused from here", async () => {
    const web = await machine(ops, alice);
    await drop(web, alice);
    await put(web, alice, "/home/debian", 'from="10.0.0.0/8" ');
    const guest = await guestOf(web);
    await guest.asRoot("chmod 555 /home/debian/.ssh");
    const fails = withConnection(alice);
    expect(await outcome(cloud.run().delete(SshKeyPair, fails))).not.toBe("done");
    await guest.asRoot("chmod 700 /home/debian/.ssh");
    expect(await outcome(cloud.run().delete(SshKeyPair, alice))).toContain("give a connection that logs in");
  });

  test("because its successor was there before", async () => {
    const web = await machine(ops, alice);
    const run = cloud.run();
    const next = await newPair(run, {}, "alice");
    await run.update(Instance, web, opened(ops, alice, next));
    await drop(web, alice);
    await run.delete(SshKeyPair, withConnection(alice));
    expect(await outcome(cloud.run().delete(SshKeyPair, next))).toBe("done");
    expect(await accepts(cloud, web, next)).toBe("debian no, root no");
  });

  test("by an old label, after it was added again", async () => {
    const web = await machine(ops, alice);
    const then = await cloud.run().update(Instance, web, opened(ops));
    await cloud.run().update(Instance, then, opened(ops, alice));
    expect(keyLabels(cloud.emulator)).not.toContain(`closed.${md5Of(alice)}`);
  });

  test("by another machine at its address, while the host key is unknown", async () => {
    const { waitForSsh: _, ...unseen } = opened(ops, alice);
    const { waitForSsh: __, ...next } = opened(ops);
    const web = await cloud.run().create(Instance, unseen);
    const other = await cloud.run().create(Instance, { ...opened(ops), name: "other" });
    await cloud.emulator.guests.swapAddresses(web.state.instanceId, other.state.instanceId);
    const said = await outcome(cloud.run().update(Instance, web, next));
    expect(said).toMatch(
      /does not have the keys that instance "web" was given: it may be another machine\..*connection\.hostKey/,
    );
    expect(keyLabels(cloud.emulator)).not.toContain(`closed.${md5Of(alice)}`);
  });

  test("when somebody changes the labels of the machine meanwhile", async () => {
    const web = await machine(ops, alice);
    cloud.emulator.faults.add({ kind: "delay", ms: 500, method: "PUT", path: /instance\// });
    const run = cloud.run();
    const news = { ...opened(ops, alice), labels: { tier: "web" } };
    await Promise.all([run.update(Instance, web, news), run.delete(SshKeyPair, alice)]);
    expect(cloud.instance()["labels"]).toMatchObject({ tier: "web" });
    expect(keyLabels(cloud.emulator)).toContain(`closed.${md5Of(alice)}`);
  });
});

describe("A revocation continues", () => {
  test("after a failure to write its labels", async () => {
    const web = await machine(ops, alice);
    const busy = { kind: "status", status: 409, body: { message: "busy" }, method: "PUT", path: /instance\// } as const;
    const run = cloud.run();
    const zone = await run.account.zone("ch-gva-2");
    const update = zone.instances.update.bind(zone.instances);
    let puts = 0;
    zone.instances.update = async (...words) => {
      puts += 1;
      if (puts === 2) cloud.emulator.faults.add(busy);
      await update(...words);
    };
    expect(await outcome(run.delete(SshKeyPair, alice))).toContain("busy");
    expect(await outcome(cloud.run().delete(SshKeyPair, alice))).toBe("done");
    expect([await accepts(cloud, web, alice), cloud.keys()]).toEqual(["debian no, root no", [bob.id, ops.id].sort()]);
  });

  test("on the other machines if the API does not return one", async () => {
    const [web, db] = [await machine(ops, alice), await machine(ops, alice)];
    const path = new RegExp(`/instance/${web.state.instanceId}$`);
    cloud.emulator.faults.add({
      kind: "status",
      status: 403,
      body: { message: "No access" },
      method: "GET",
      path,
      times: 9,
    });
    expect(await outcome(cloud.run().delete(SshKeyPair, alice))).toMatch(/^ {2}web .*No access/m);
    expect(await accepts(cloud, db, alice)).toBe("debian no, root no");
  });

  test("on a pool from which two pairs are removed at once", async () => {
    const connection = { acceptNewHostKeys: true };
    const leaving = await Promise.all(["carol", "dave"].map((name) => newPair(cloud.run(), { connection }, name)));
    const client = new Client(cloud.emulator);
    const keys = [ops, ...leaving].map(({ state }) => ({ name: state.name }));
    const order = await client.order({ name: "workers", size: 1, "ssh-keys": keys });
    const { id } = (await client.settle("POST", "/instance-pool", order)).reference;
    while ((await client.get("/instance")).instances[0].state !== "running");
    const run = cloud.run();
    await Promise.all(leaving.map((pair) => run.delete(SshKeyPair, pair)));
    expect((await client.get(`/instance-pool/${id}`))["ssh-keys"]).toEqual([{ name: ops.state.name }]);
  });
});

describe("A new pair", () => {
  test("is not added where the old one no longer opened anything", async () => {
    const web = await machine(ops, alice);
    await drop(web, alice);
    const run = cloud.run();
    const next = await newPair(run);
    await run.delete(SshKeyPair, withConnection(alice));
    expect(await accepts(cloud, web, next)).toBe("debian no, root no");
  });

  test("that is deleted itself is no successor, although a refresh has asked for its diff", async () => {
    const web = await machine(ops, alice);
    const next = await newPair(cloud.run());
    const run = cloud.run();
    await run.diff(SshKeyPair, next, { ...identityOf(next), onDelete: "revoke" });
    run.run.declaredKeys.clear();
    await run.delete(SshKeyPair, next);
    await run.delete(SshKeyPair, alice);
    expect([await accepts(cloud, web, alice), await accepts(cloud, web, next)]).toEqual([
      "debian no, root no",
      "debian no, root no",
    ]);
  });

  test("that an interrupted run added is removed when the program is reverted", async () => {
    const web = await machine(ops, alice);
    // Only the state from before this is left.
    await cloud.run().update(Instance, web, opened(ops, bob));
    const seen = await cloud.run().found(Instance, web);
    expect((await cloud.run().diff(Instance, { ...web, state: seen.state }, opened(ops, alice))).drifted).toBe(true);
    await cloud.run().update(Instance, { ...web, state: seen.state }, opened(ops, alice));
    expect([await accepts(cloud, web, alice), await accepts(cloud, web, bob)]).toEqual([
      "debian yes, root no",
      "debian no, root no",
    ]);
  });
});

test("A key that was revoked but is still declared is an error", async () => {
  const web = await machine(ops, alice);
  await cloud.run().delete(SshKeyPair, alice);
  const said = await outcome(cloud.run().update(Instance, web, opened(ops, alice, bob)));
  expect(said).toMatch(/^SSH key "alice-\w+" was revoked on instance "web" .*Remove it from sshKeys/);
});
