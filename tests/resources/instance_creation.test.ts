import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { alice } from "./known_keys";
import { identity, machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

test("An instance is created in an anti-affinity group that is given by its name", async () => {
  const run = cloud.run();
  const client = new Client(cloud.emulator);
  const made = await client.settle("POST", "/anti-affinity-group", { name: "apart" });
  const held = await run.create(Instance, { ...machine, antiAffinityGroups: ["apart"] });
  expect(cloud.instance()).toMatchObject({ "anti-affinity-groups": [{ id: made.reference.id }] });
  expect((await run.found(Instance, held)).inputs.antiAffinityGroups).toEqual(["apart"]);
});

test("An instance is created in its zone with the inputs of the program", async () => {
  const userData = "#cloud-config\npackages: [nginx]\n";
  await cloud.run().create(Instance, { ...machine, zone: "de-fra-1", userData, publicIpAssignment: "dual" });
  expect(cloud.emulator.cloud.instances("de-fra-1")).toEqual([
    expect.objectContaining({
      name: "web",
      state: "running",
      "disk-size": 10,
      "public-ip-assignment": "dual",
      "user-data": Buffer.from(userData).toString("base64"),
      labels: { "exoscale-ssh.owner": expect.stringMatching(/^[0-9a-f]{16}$/) },
    }),
  ]);
});

test("An instance gets the keys, and a label for each whose public key is known", async () => {
  cloud.emulator.cloud.swapKey("alice", alice.line);
  const sshKeys = [{ name: "alice", publicKeyOpenssh: alice.line }];
  const { state } = await cloud.run().create(Instance, { ...machine, sshKeys, labels: { tier: "web" } });
  expect(cloud.instance()).toMatchObject({
    "ssh-keys": [{ name: "alice", fingerprint: alice.md5 }],
    labels: { tier: "web", [alice.label]: "boot" },
  });
  expect(state.heldKeys).toEqual([
    { name: "alice", origin: "boot", fingerprintMd5: alice.md5, publicKeyOpenssh: alice.line },
  ]);
  expect(state.bootSshKeys).toEqual([{ name: "alice", fingerprintMd5: alice.md5 }]);
});

test("At the end of the run its mark is removed, and the owner's label stays", async () => {
  const run = cloud.run();
  await run.create(Instance, { ...machine, identity });
  await cloud.finish(run);
  const digest = expect.stringMatching(/^[0-9a-f]{16}$/);
  expect(cloud.instance()["labels"]).toEqual({ "exoscale-ssh.owner": digest, "exoscale-ssh.resource": digest });
});

test("Groups are given by id or name; the default group is used if none is given", async () => {
  const run = cloud.run();
  const group = await run.create(SecurityGroup, { name: "ssh", rules: [] });
  const one = await run.create(Instance, { ...machine, securityGroups: ["default", group.id] });
  const two = await run.create(Instance, machine);
  const [other] = await run.account.securityGroups.listByName("default");
  expect(cloud.emulator.cloud.instances()).toMatchObject([
    { "security-groups": [{ id: other?.id }, { id: group.id }] },
    { "security-groups": [{ id: other?.id }] },
  ]);
  expect([one.state.securityGroups, two.state.securityGroups]).toEqual([["default", group.id], undefined]);
});

test("An empty list of groups means no group, and shows no change later", async () => {
  const news = { ...machine, securityGroups: [] };
  const last = await cloud.run().create(Instance, news);
  expect(cloud.instance()["security-groups"]).toEqual([]);
  expect((await cloud.run().diff(Instance, await cloud.run().found(Instance, last), news)).changes).toEqual([]);
});

test("An instance that is declared stopped is never started", async () => {
  const { state } = await cloud.run().create(Instance, { ...machine, state: "stopped" });
  expect(state.state).toBe("stopped");
  expect(cloud.actions()).toEqual(["POST"]);
});

test("The state says how to log in", async () => {
  const { id, state } = await cloud.run({ sshPort: "2222" }).create(Instance, machine);
  expect(id).toBe(`ch-gva-2/${state.instanceId}`);
  expect(state).toMatchObject({
    user: "debian",
    publicIp: "127.10.0.1",
    sshCommand: "ssh -p 2222 debian@127.10.0.1",
    sshConfig: expect.stringMatching(/^Host web\n +HostName 127\.10\.0\.1\n/),
  });
});

test("An instance without a public address has no login texts", async () => {
  const { state } = await cloud.run().create(Instance, { ...machine, publicIpAssignment: "none" });
  expect(Object.keys(state)).not.toEqual(expect.arrayContaining(["sshCommand"]));
  expect(state).not.toHaveProperty("publicIp");
});

test("The user of the connection takes precedence over the template's", async () => {
  const connection = { user: "admin", host: "web.example", port: 2022 };
  const { state } = await cloud.run().create(Instance, { ...machine, connection });
  expect(state.sshCommand).toBe("ssh -p 2022 admin@web.example");
});

test("A second preview after the creation finds nothing to do", async () => {
  cloud.emulator.cloud.swapKey("alice", alice.line);
  const news = { ...machine, identity, sshKeys: [{ name: "alice", publicKeyOpenssh: alice.line }] };
  const last = await cloud.run().create(Instance, news);
  const found = await cloud.run().found(Instance, last);
  expect(found.state).toEqual(last.state);
  expect(await cloud.run().diff(Instance, found, news)).toMatchObject({ changes: [], replaces: [], drifted: false });
});

test.each([400, 404, 409] as const)(
  "A key that vanished since the check is refused with a %i, in the server's words",
  async (status) => {
    cloud.emulator.cloud.swapKey("alice", alice.line);
    cloud.emulator.cloud.set({ unknownKeyAtCreate: status });
    const run = cloud.run();
    const { inputs } = await run.check(Instance, { ...machine, sshKeys: [{ name: "alice" }] });
    cloud.emulator.cloud.removeKey("alice");
    // The check has just accepted these inputs.
    const create = Instance.create(inputs as Parameters<typeof Instance.create>[0], run);
    await expect(create).rejects.toThrow(new RegExp(`create instance "web".*${status}.*SSH key alice not found`));
  },
);
