/** A refresh shows every change by somebody else of an input that the API returns and the program declares. */
import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { machine as base } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup } = resources;
const machine = {
  ...base,
  labels: { tier: "web" },
  userData: "#cloud-config\n",
  securityGroups: ["ssh", "default"],
};

let cloud: TestCloud;
let client: Client;
beforeEach(async () => {
  cloud = await startCloud();
  client = new Client(cloud.emulator);
});
afterEach(closeClouds);

async function resize(id: string, action: string, body: object) {
  await client.settle("PUT", `/instance/${id}:stop`);
  await client.settle("PUT", `/instance/${id}:${action}`, body);
  await client.settle("PUT", `/instance/${id}:start`, {});
}

async function typeId(name: string) {
  const { "instance-types": types } = await client.get("/instance-type");
  return types.find((type: { family: string; size: string }) => `${type.family}.${type.size}` === name).id;
}

async function leave(id: string, ...groups: string[]) {
  const { "security-groups": all } = await client.get("/security-group");
  for (const { id: group, name } of all)
    if (groups.includes(name)) await client.settle("PUT", `/security-group/${group}:detach`, { instance: { id } });
}

type Hand = (id: string) => Promise<unknown>;
const put = (body: object) => (id: string) => client.settle("PUT", `/instance/${id}`, body);

test.each<[what: string, change: Hand, property: string]>([
  ["another name", put({ name: "db" }), "name"],
  ["another label", put({ labels: { tier: "db" } }), "labels"],
  ["another label beside it", put({ labels: { tier: "web", by: "hand" } }), "labels"],
  ["no labels", (id) => client.settle("DELETE", `/instance/${id}/labels`), "labels"],
  ["other user data", put({ "user-data": "IyEvYmluL3No" }), "userData"],
  ["an IPv6 address", put({ "public-ip-assignment": "dual" }), "publicIpAssignment"],
  ["no public address", put({ "public-ip-assignment": "none" }), "publicIpAssignment"],
  ["one group less", (id) => leave(id, "ssh"), "securityGroups"],
  ["no group", (id) => leave(id, "ssh", "default"), "securityGroups"],
  ["a stop", (id) => client.settle("PUT", `/instance/${id}:stop`), "state"],
  ["a larger disk", (id) => resize(id, "resize-disk", { "disk-size": 20 }), "diskSize"],
  [
    "another type",
    async (id) => resize(id, "scale", { "instance-type": { id: await typeId("standard.small") } }),
    "type",
  ],
])("A change by somebody else shows at a refresh: %s", async (_what, change, property) => {
  await cloud.run().create(SecurityGroup, { name: "ssh" });
  const last = await cloud.run().create(Instance, machine);
  await change(last.state.instanceId);
  const found = await cloud.run().found(Instance, last);
  const { changes, replaces } = await cloud.run().diffChecked(Instance, found, { ...last.state });
  expect(changes).toContain(property);
  expect(replaces).toEqual([]);
});

test.each<[what: string, change: Hand, shown: object]>([
  ["one group less", (id) => leave(id, "ssh"), {}],
  ["no group", (id) => leave(id, "ssh", "default"), {}],
  ["no labels", (id) => client.settle("DELETE", `/instance/${id}/labels`), { labels: { tier: "web" } }],
  ["a type", async (id) => resize(id, "scale", { "instance-type": { id: await typeId("standard.small") } }), {}],
])("An update reverts a change by somebody else: %s", async (_what, change, shown) => {
  await cloud.run().create(SecurityGroup, { name: "ssh" });
  const last = await cloud.run().create(Instance, machine);
  const before = cloud.instance();
  await change(last.state.instanceId);
  await cloud.run().update(Instance, await cloud.run().found(Instance, last), machine);
  const after = cloud.instance();
  const groups = (instance: Record<string, unknown>) =>
    JSON.stringify(instance["security-groups"]).split(",").sort().length;
  expect(groups(after)).toBe(groups(before));
  expect(after).toMatchObject({ state: "running", "instance-type": before["instance-type"], ...shown });
});

describe("Anti-affinity groups", () => {
  const groups = { ...machine, securityGroups: ["default"], antiAffinityGroups: ["apart"] };
  const readWithAnswer = async (body: (instance: Record<string, unknown>) => object | undefined) => {
    await client.settle("POST", "/anti-affinity-group", { name: "apart" });
    const last = await cloud.run().create(Instance, groups);
    const answer = body(cloud.instance());
    const path = `/instance/${last.state.instanceId}`;
    if (answer) cloud.emulator.faults.add({ kind: "status", status: 200, body: answer, method: "GET", path });
    return { last, found: await cloud.run().found(Instance, last) };
  };

  test("that are as declared stay in the program's form", async () => {
    expect((await readWithAnswer(() => undefined)).found.inputs.antiAffinityGroups).toEqual(["apart"]);
  });

  test("that the instance is not in show at a refresh", async () => {
    const { last, found: now } = await readWithAnswer((instance) => ({ ...instance, "anti-affinity-groups": [] }));
    expect(now.inputs.antiAffinityGroups).toEqual([]);
    expect((await cloud.run().diff(Instance, now, groups)).replaces).toEqual(["antiAffinityGroups"]);
    expect(last.state.antiAffinityGroups).toEqual(["apart"]);
  });

  test("that the API does not return show no drift", async () => {
    const { found: now } = await readWithAnswer(({ "anti-affinity-groups": _, ...instance }) => instance);
    expect(now.inputs.antiAffinityGroups).toEqual(["apart"]);
  });

  test("that the program does not declare are left alone", async () => {
    await client.settle("POST", "/anti-affinity-group", { name: "apart" });
    const last = await cloud.run().create(Instance, machineWithoutGroups);
    const body = { ...cloud.instance(), "anti-affinity-groups": [{ id: last.state.instanceId }] };
    cloud.emulator.faults.add({ kind: "status", status: 200, body, path: `/instance/${last.state.instanceId}` });
    expect((await cloud.run().found(Instance, last)).inputs).not.toHaveProperty("antiAffinityGroups");
  });
});

const machineWithoutGroups = { ...machine, securityGroups: undefined };
