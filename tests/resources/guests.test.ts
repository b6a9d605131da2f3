/** What needs an instance with an sshd: waiting for it, and probing it. */
import { PartialCreateError } from "../../provider/errors";
import { functions, resources } from "../../provider/resources";
import { callFunction } from "../../provider/resources/functions/function";
import { withAgent } from "../ssh/running_agent";
import { startServer } from "../ssh/ssh2_server";
import { makeKey } from "../ssh/test_keys";
import { alice, bob } from "./known_keys";
import { identity, unnamedMachine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;
const { getKeyHolders } = functions;
const machine = { ...unnamedMachine, identity };
const sshKeys = [{ name: "alice", publicKeyOpenssh: alice.line }];

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud({ guests: "ssh2", zones: ["ch-gva-2"] });
});
afterEach(closeClouds);

/** Creates a key, and an instance that holds it. */
async function createHolder(news = {}) {
  cloud.emulator.cloud.openSsh();
  const run = cloud.run();
  const key = await run.create(SshKeyPair, { name: "alice", publicKey: alice.line, ...news });
  const web = await run.create(Instance, { ...machine, name: "web", sshKeys });
  return { key, web };
}

describe("waitForSsh", () => {
  test("ends when sshd answers, and remembers its host key", async () => {
    cloud.emulator.cloud.openSsh();
    const { state } = await cloud.run().create(Instance, { ...machine, waitForSsh: true });
    const { hostKey, port } = await cloud.emulator.cloud.guest(state.instanceId);
    expect(state.hostKeys).toEqual([hostKey]);
    expect(state.knownHosts).toBe(`[${state.publicIp}]:${port} ${hostKey}\n`);
  });

  test("keeps the host key through a read and an update", async () => {
    cloud.emulator.cloud.openSsh();
    const news = { ...machine, waitForSsh: true };
    const last = await cloud.run().create(Instance, news);
    const found = await cloud.run().found(Instance, last);
    const { state } = await cloud.run().update(Instance, found, { ...news, labels: { tier: "web" } });
    expect(state.hostKeys).toEqual(last.state.hostKeys);
  });

  test("that times out leaves the instance in the state, and the next update finishes it", async () => {
    const news = { ...machine, waitForSsh: true, timeouts: { create: 4 } };
    const last = await cloud.run().createInPart(Instance, news);
    expect(last.message).toMatch(/was made, but: No SSH server on 127\..*"pulumi up" continues with it\.$/);

    cloud.emulator.cloud.openSsh();
    expect(await cloud.run().diff(Instance, last, news)).toMatchObject({ replaces: [], drifted: true });
    const { state } = await cloud.run().update(Instance, last, news);
    expect(state).not.toHaveProperty("unfinished");
    expect(state.hostKeys).toHaveLength(1);
    expect(cloud.instance()["labels"]).toEqual({
      "exoscale-ssh.owner": state.owner,
      "exoscale-ssh.resource": expect.stringMatching(/^[0-9a-f]{16}$/),
      "exoscale-ssh.hostkey": expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("waits for an instance that was created stopped when an update starts it", async () => {
    cloud.emulator.cloud.openSsh();
    const news = { ...machine, waitForSsh: true, state: "stopped" };
    const last = await cloud.run().create(Instance, news);
    expect(last.state).not.toHaveProperty("hostKeys");
    const { state } = await cloud.run().update(Instance, last, { ...news, state: "running" });
    expect(state.hostKeys).toEqual([(await cloud.emulator.cloud.guest(state.instanceId)).hostKey]);
    expect(cloud.instance()["labels"]).toHaveProperty(["exoscale-ssh.hostkey"]);
  });

  test("waits once for an instance that already runs when it becomes true", async () => {
    cloud.emulator.cloud.openSsh();
    const last = await cloud.run().create(Instance, machine);
    const news = { ...machine, waitForSsh: true };
    const { state } = await cloud.run().update(Instance, last, news);
    expect(state.hostKeys).toHaveLength(1);
    const soFar = cloud.changes();
    await cloud.run().update(Instance, { id: last.id, state }, news);
    expect(cloud.changes()).toEqual(soFar);
  });

  test("that times out says what to open and how to allow more time", async () => {
    const last = await cloud.run().create(Instance, machine);
    const news = { ...machine, waitForSsh: true, timeouts: { update: 0.5 } };
    await expect(cloud.run().update(Instance, last, news)).rejects.toThrow(
      /No SSH server on .* Add a rule for the machine that runs Pulumi\..* To wait longer: timeouts: \{ update: 1 \}/,
    );
  });

  test("waits for the instance that a killed run left, until it runs", async () => {
    cloud.emulator.cloud.openSsh();
    cloud.emulator.cloud.setOperationMs(2000);
    // Killed while the instance was still starting: the API knows it, the engine does not.
    cloud.emulator.faults.add({ kind: "status", status: 400, method: "GET", path: /^\/operation\// });
    await expect(cloud.run().create(Instance, machine)).rejects.toBeInstanceOf(PartialCreateError);
    expect(cloud.instance()["state"]).toBe("starting");
    const { state } = await cloud.run().create(Instance, { ...machine, waitForSsh: true });
    expect(state).toMatchObject({ instanceId: cloud.instance()["id"], state: "running" });
    expect(state.hostKeys).toHaveLength(1);
  });

  test("uses the bastion of the connection and remembers the machine's host key, not the bastion's", async () => {
    cloud.emulator.cloud.openSsh();
    const key = makeKey();
    const jump = await startServer({ authorizedKeys: [key.publicKey] });
    const bastion = { ...jump.target, hostKey: jump.hostKey, privateKey: key.privateKey };
    const { state } = await cloud.run().create(Instance, { ...machine, connection: { bastion }, waitForSsh: true });
    await jump.close();
    expect(jump.connections.total).toBe(1);
    expect(state.hostKeys).toEqual([(await cloud.emulator.cloud.guest(state.instanceId)).hostKey]);
    expect(state.sshConfig).toContain(`ProxyJump debian@127.0.0.1:${jump.target.port}\n`);
  });

  test("refuses a host that shows another host key than the expected one", async () => {
    cloud.emulator.cloud.openSsh();
    const connection = { hostKey: bob.line };
    const create = cloud.run().create(Instance, { ...machine, connection, waitForSsh: true });
    await expect(create).rejects.toThrow(/was made, but: The host key of .* has changed/);
  });
});

describe("The deletion of a key probes the instances that hold it", () => {
  test("and names those that it still opens", async () => {
    const { key, web } = await createHolder();
    const run = cloud.run();
    await run.delete(SshKeyPair, key);
    expect(run.warnings).toEqual([
      expect.stringMatching(`not revoked: it still opens web \\(ch-gva-2, ${web.state.publicIp}\\)\\.`),
    ]);
    expect(cloud.keys()).toEqual([]);
  });

  test("and does not count a refusal as a proof", async () => {
    const { key, web } = await createHolder();
    const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
    for (const user of ["debian", "root"]) await guest.writeAuthorizedKeys("", user);
    const run = cloud.run();
    await run.delete(SshKeyPair, key);
    expect(run.warnings).toEqual([
      expect.stringMatching(/Refused when asked from here, which is no proof: web \(ch-gva-2/),
    ]);
  });
});

describe("getKeyHolders with a probe", () => {
  const holders = async (publicKeyOpenssh = alice.line) =>
    (await callFunction(getKeyHolders, { publicKeyOpenssh, probe: true }, cloud.run().account)).holders;

  /** A machine whose host key is recorded, which alice opens unless its files are emptied. */
  async function knownHolder(more = {}) {
    cloud.emulator.cloud.openSsh();
    cloud.emulator.cloud.swapKey("alice", alice.line);
    const web = await cloud.run().create(Instance, { ...machine, name: "web", sshKeys, waitForSsh: true, ...more });
    const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
    const clear = async (...users: string[]) => {
      for (const user of users) await guest.writeAuthorizedKeys("", user);
    };
    return { web, guest, clear };
  }

  test("says which holder accepts the key, and for which user", async () => {
    const { web } = await createHolder();
    const { publicIp, user } = web.state;
    const [holder] = await holders();
    expect(holder).toMatchObject({ name: "web", accepts: "yes", user, hostKeyKnown: false });
    expect(holder?.reason).toMatch(new RegExp(`^${user}@.*${publicIp}.* accepts this key\\..*host key is not known`));
  });

  test("says that the host key is known, if it was recorded", async () => {
    await knownHolder();
    expect(await holders()).toMatchObject([{ accepts: "yes", user: "debian", hostKeyKnown: true }]);
  });

  test("asks root too, who may still accept the key", async () => {
    const { clear } = await knownHolder();
    await clear("debian");
    const [holder] = await holders();
    expect(holder).toMatchObject({ accepts: "yes", user: "root", hostKeyKnown: true });
    expect(holder?.reason).toMatch(/^root@\S+ accepts this key\.$/);
  });

  test("says no after both accounts have refused the key", async () => {
    const { clear } = await knownHolder();
    await clear("debian", "root");
    const [holder] = await holders();
    expect(holder).toMatchObject({ accepts: "no", user: "debian", hostKeyKnown: true });
    expect(holder?.reason).toMatch(/^debian@\S+ refuses this key\. root@\S+ refuses this key\.$/);
  });

  test("does not say no for a machine at whose address another one answers", async () => {
    const { web } = await knownHolder();
    const other = await cloud.run().create(Instance, { ...machine, name: "other", sshKeys: [], waitForSsh: true });
    await cloud.emulator.guests.swapAddresses(web.state.instanceId, other.state.instanceId);
    const [holder] = await holders();
    expect(holder).toMatchObject({ name: "web", accepts: "unknown", hostKeyKnown: false });
    expect(holder?.reason).toMatch(/host key of .* has changed/);
  });

  test("does not say no for a machine whose host key nobody has recorded", async () => {
    const { clear } = await knownHolder({ waitForSsh: false });
    await clear("debian", "root");
    const [holder] = await holders();
    expect(holder).toMatchObject({ accepts: "unknown", hostKeyKnown: false });
    expect(holder?.reason).toMatch(/refuses this key\..*host key is not known, so another machine may have answered/);
  });

  test("has no answer of a stopped instance, and says why", async () => {
    const { web } = await createHolder();
    await cloud.emulator.cloud.stopInstance(web.state.instanceId);
    expect(await holders()).toMatchObject([
      { name: "web", accepts: "unknown", reason: "it is stopped", user: "debian", hostKeyKnown: false },
    ]);
  });

  test("probes only if the arguments say so", async () => {
    await createHolder();
    const { holders } = await callFunction(getKeyHolders, { name: "alice" }, cloud.run().account);
    expect(holders[0]).not.toHaveProperty("accepts");
  });
});

describe("getKeyHolders with a probe locks out nobody where sshd has penalties", () => {
  // Two questions without a login in five seconds would be one too many.
  const penalties = { authfail: 5, noauth: 0, min: 10 };
  const question = { publicKeyOpenssh: bob.line, probe: true };

  async function refusingHolder() {
    const penal = await startCloud({ guests: "ssh2", zones: ["ch-gva-2"], penalties });
    penal.emulator.cloud.openSsh();
    penal.emulator.cloud.swapKey("bob", bob.line);
    const key = makeKey();
    const { state } = await penal.run().create(Instance, { ...machine, name: "web", sshKeys: [{ name: "bob" }] });
    const guest = await penal.emulator.cloud.guest(state.instanceId);
    for (const user of ["debian", "root"]) await guest.writeAuthorizedKeys(`${key.publicKey}\n`, user);
    const waiting = { ...machine, name: "web", sshKeys: [{ name: "bob" }], waitForSsh: true };
    await penal.run().update(Instance, { id: `ch-gva-2/${state.instanceId}`, state }, waiting);
    const ask = async () => (await callFunction(getKeyHolders, question, penal.run().account)).holders[0]?.accepts;
    const { address: host, port, user } = guest;
    const logIn = async () =>
      (await penal.run().account.ssh.probe({ host, port, user }, bob.line, { credentials: [key] })).loggedIn;
    return { ask, logIn, key };
  }

  test("by a pause between questions, if no credential logs in", async () => {
    const { ask, logIn } = await refusingHolder();
    expect(await ask()).toBe("no");
    expect(await logIn()).toBe(true);
  });

  test("by a login with the ssh-agent after each question, however often it asks", async () => {
    const { ask, logIn, key } = await refusingHolder();
    await withAgent(key.privateKey, async (socket) => {
      process.env["SSH_AUTH_SOCK"] = socket;
      for (let call = 0; call < 4; call += 1) expect(await ask()).toBe("no");
      delete process.env["SSH_AUTH_SOCK"];
    });
    expect(await logIn()).toBe(true);
  });
});
