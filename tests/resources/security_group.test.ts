import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { unnamedMachine as machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SecurityGroup, Instance } = resources;
const everybody = "0.0.0.0/0";
const ssh = { protocol: "tcp", startPort: 22, network: everybody };
const https = { protocol: "tcp", startPort: 443, endPort: 443, network: everybody, description: "the shop" };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const group = async (id: string) => (await cloud.run().account.securityGroups.find(id)) ?? { rules: [] };
const ports = async (id: string) => (await group(id)).rules?.map((rule) => rule["start-port"]);

test("A group is created with its rules; a single port is a range", async () => {
  const { id } = await cloud.run().create(SecurityGroup, { name: "ssh", description: "logins", rules: [ssh] });
  expect(await group(id)).toMatchObject({
    name: "ssh",
    description: "logins",
    rules: [{ "flow-direction": "ingress", protocol: "tcp", "start-port": 22, "end-port": 22, network: everybody }],
  });
});

test("A rule may name another group, or its own, by name", async () => {
  const run = cloud.run();
  const web = await run.create(SecurityGroup, { name: "web" });
  const rules = ["web", "db"].map((securityGroup) => ({ protocol: "tcp", startPort: 5432, securityGroup }));
  const { id } = await run.create(SecurityGroup, { name: "db", rules });
  expect((await group(id)).rules).toMatchObject([{ "security-group": { id: web.id } }, { "security-group": { id } }]);
});

test("New rules are added before old ones are removed, and the others are not changed", async () => {
  const last = await cloud.run().create(SecurityGroup, { name: "web", rules: [ssh, https] });
  const soFar = cloud.actions().length;
  const ping = { protocol: "icmp", icmp: { type: 8, code: 0 }, network: everybody };
  await cloud.run().update(SecurityGroup, last, { name: "web", rules: [https, ping] });
  expect(cloud.actions().slice(soFar)).toEqual(["POST", "DELETE"]);
  expect(await ports(last.id)).toEqual([443, undefined]);
});

test.each([
  ["every member", { ...https, flowDirection: "egress" }],
  ["defaults", ssh],
  ["any ICMP", { protocol: "icmp", network: everybody }],
  ["IPv6", { protocol: "icmpv6", icmp: { type: 128, code: 0 }, network: "::/0" }],
  ["all protocols", { protocol: "all", network: "10.0.0.0/8" }],
])("A rule with %s reads back as the program wrote it", async (_what, rule) => {
  const news = { name: "web", rules: [rule] };
  const last = await cloud.run().create(SecurityGroup, news);
  const found = await cloud.run().found(SecurityGroup, last);
  expect(found.inputs.rules).toEqual([rule]);
  expect((await cloud.run().diff(SecurityGroup, found, news)).changes).toEqual([]);
});

test("A rule that somebody added shows as drift, and the update removes it", async () => {
  const news = { name: "web", rules: [https] };
  const last = await cloud.run().create(SecurityGroup, news);
  cloud.emulator.cloud.openSsh("web");
  const found = await cloud.run().found(SecurityGroup, last);
  expect(found.inputs.rules).toHaveLength(2);
  await cloud.run().update(SecurityGroup, found, news);
  expect(await ports(last.id)).toEqual([443]);
});

test("A rule about a group that is gone is read as it is, but a failed request is an error", async () => {
  const run = cloud.run();
  const web = await run.create(SecurityGroup, { name: "web" });
  const last = await run.create(SecurityGroup, { name: "db", rules: [{ protocol: "tcp", securityGroup: "web" }] });
  cloud.emulator.faults.add({ kind: "status", status: 403, path: "/security-group" });
  await expect(cloud.run().read(SecurityGroup, last)).rejects.toThrow("403");
  await run.delete(SecurityGroup, web);
  expect((await cloud.run().found(SecurityGroup, last)).inputs.rules).toMatchObject([{ securityGroup: web.id }]);
});

test("A group that is gone is removed from the state", async () => {
  const last = await cloud.run().create(SecurityGroup, { name: "web" });
  await cloud.run().delete(SecurityGroup, last);
  expect(await cloud.run().read(SecurityGroup, last)).toBeUndefined();
  await expect(cloud.run().delete(SecurityGroup, last)).resolves.toBeUndefined();
});

test("A group whose rules fail is in the state, and the update adds what is missing", async () => {
  const news = { name: "web", rules: [ssh, https] };
  cloud.emulator.faults.add({
    kind: "status",
    status: 400,
    body: { message: "Quota" },
    method: "POST",
    path: /rules$/,
  });
  const last = await cloud.run().createInPart(SecurityGroup, news);
  expect(last.message).toMatch(/^Security group "web" was made, but: .*Quota/);
  expect((await cloud.run().diff(SecurityGroup, last, news)).changes).toEqual(["rules"]);
  await cloud.run().update(SecurityGroup, last, news);
  expect(await ports(last.id)).toEqual([22, 443]);
});

test("A group whose creation fails and leaves nothing is not in the state", async () => {
  cloud.emulator.faults.add({ kind: "operation-failure", method: "POST", path: "/security-group" });
  await expect(cloud.run().create(SecurityGroup, { name: "web" })).rejects.toMatchObject({
    code: "API_OPERATION_FAILED",
  });
  expect(await cloud.run().create(SecurityGroup, { name: "web" })).toMatchObject({ state: { name: "web" } });
});

test("A group in use is not deleted, and the server says why", async () => {
  const run = cloud.run();
  const last = await run.create(SecurityGroup, { name: "web" });
  await run.create(Instance, { ...machine, securityGroups: ["web"] });
  await expect(cloud.run().delete(SecurityGroup, last)).rejects.toThrow(/409.*Security group web is in use/);
});

describe("A new description replaces the group", () => {
  test("before the old one is deleted, if its name was generated", async () => {
    const last = await cloud.run().create(SecurityGroup, { description: "old" });
    const diff = await cloud.run().diff(SecurityGroup, last, { description: "new" });
    expect(diff).toMatchObject({ replaces: ["description"], deleteBeforeReplace: false });
  });

  test("after the old one is deleted, if it has a name of its own", async () => {
    const last = await cloud.run().create(SecurityGroup, { name: "web", description: "old" });
    const diff = await cloud.run().diff(SecurityGroup, last, { name: "web", description: "new" });
    expect(diff).toMatchObject({ replaces: ["description"], deleteBeforeReplace: true });
  });

  test("but is refused at preview while instances are in a group with a name of its own", async () => {
    const run = cloud.run();
    const last = await run.create(SecurityGroup, { name: "web", description: "old" });
    await run.create(Instance, { ...machine, name: "shop", zone: "de-fra-1", securityGroups: ["web"] });
    expect(await cloud.run().failures(SecurityGroup, { name: "web", description: "new" }, last)).toEqual([
      expect.stringMatching(/^description: description of security group "web" .* in it: shop \(de-fra-1\)\. /),
    ]);
    expect(await cloud.run().failures(SecurityGroup, { name: "web-2", description: "new" }, last)).toEqual([]);
  });
});

test("The check of a group accepts rules that are unknown, wholly or in part", async () => {
  const run = cloud.run();
  expect(await run.failures(SecurityGroup, { name: UNKNOWN, description: UNKNOWN, rules: UNKNOWN })).toEqual([]);
  const rules = [
    UNKNOWN,
    { protocol: UNKNOWN, startPort: UNKNOWN, network: UNKNOWN },
    { ...ssh, icmp: UNKNOWN, protocol: UNKNOWN },
  ];
  expect(await run.failures(SecurityGroup, { rules })).toEqual([]);
});

describe("A creation of a group that fails", () => {
  test("names the group that it may have left behind, if nobody can tell", async () => {
    cloud.emulator.faults.add({ kind: "lost-reply", method: "POST", path: "/security-group" });
    cloud.emulator.faults.add({ kind: "delay", ms: 0, method: "GET", path: "/security-group" });
    cloud.emulator.faults.add({ kind: "status", status: 403, method: "GET", path: "/security-group" });
    await expect(cloud.run().create(SecurityGroup, { name: "web" })).rejects.toThrow(
      /It is not known whether security group "web" was made\. .* "exo compute security-group show web", and delete it\.$/,
    );
  });

  test("does not do so if it was refused", async () => {
    cloud.emulator.faults.add({ kind: "status", status: 403, method: "POST", path: "/security-group" });
    await expect(cloud.run().create(SecurityGroup, { name: "web" })).rejects.toThrow(/403(?!.*not known)/);
  });

  test.each<[string, Parameters<TestCloud["emulator"]["faults"]["add"]>[0][]]>([
    ["after no fault", []],
    ["after a lost reply", [{ kind: "lost-reply", method: "POST", path: "/security-group" }]],
    ["after a server error", [{ kind: "status", status: 503, method: "POST", path: "/security-group" }]],
  ])("leaves the group alone that had the name before, %s", async (_, faults) => {
    const theirs = await cloud.run().create(SecurityGroup, { name: "web" });
    for (const fault of faults) cloud.emulator.faults.add(fault);
    await expect(cloud.run().create(SecurityGroup, { name: "web", rules: [ssh] })).rejects.toThrow(
      new RegExp(
        `409.* The account had a security group "web" \\(${theirs.id}\\) before: import it, or choose another name\\..*` +
          `: exo compute security-group delete ${theirs.id}$`,
      ),
    );
    expect((await group(theirs.id)).rules ?? []).toEqual([]);
  });

  test("does not ask to delete the group that had the name before, if nobody can tell", async () => {
    await cloud.run().create(SecurityGroup, { name: "web" });
    cloud.emulator.faults.add({ kind: "status", status: 501, method: "POST", path: "/security-group" });
    await expect(cloud.run().create(SecurityGroup, { name: "web" })).rejects.toThrow(/501(?!.*delete it).*import it/);
  });
});

test("A new rule is not taken for there because a fuller one is, after a server error", async () => {
  const last = await cloud.run().create(SecurityGroup, { name: "web", rules: [{ ...ssh, description: "old" }] });
  cloud.emulator.faults.add({ kind: "status", status: 503, method: "POST", path: /rules$/ });
  await cloud.run().update(SecurityGroup, last, { name: "web", rules: [ssh] });
  expect(await ports(last.id)).toEqual([22]);
});
