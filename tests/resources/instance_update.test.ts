import { resources } from "../../provider/resources";
import { alice } from "./known_keys";
import { machine as base, identity } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup } = resources;
const machine = { ...base, identity };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

/** Creates an instance and updates it. @returns the diff, the requests of the update, and the instance afterwards */
async function createAndUpdate(before: Record<string, unknown>, after: Record<string, unknown>) {
  const first = cloud.run();
  const last = await first.create(Instance, { ...machine, ...before });
  await cloud.finish(first);
  const news = { ...machine, ...before, ...after };
  const { changes, replaces } = await cloud.run().diff(Instance, last, news);
  const soFar = cloud.actions().length;
  const { state } = await cloud.run().update(Instance, last, news);
  return { changes, replaces, actions: cloud.actions().slice(soFar), instance: cloud.instance(), state };
}

describe("An instance is changed in place", () => {
  test.each([
    ["name", { name: "web-2" }, { name: "web-2" }],
    ["userData", { userData: "#cloud-config" }, { "user-data": "I2Nsb3VkLWNvbmZpZw==" }],
    ["publicIpAssignment", { publicIpAssignment: "dual" }, { "public-ip-assignment": "dual" }],
  ])("with one request when its %s changes", async (property, after, shown) => {
    const { changes, replaces, actions, instance, state } = await createAndUpdate({}, after);
    expect({ changes, replaces, actions }).toEqual({ changes: [property], replaces: [], actions: ["PUT"] });
    expect(instance).toMatchObject({ state: "running", ...shown });
    expect(state).toMatchObject(after);
  });

  test("in its labels, and the reserved ones stay", async () => {
    cloud.emulator.cloud.swapKey("alice", alice.line);
    const sshKeys = [{ name: "alice", publicKeyOpenssh: alice.line }];
    const { instance } = await createAndUpdate({ sshKeys, labels: { tier: "web" } }, { labels: { team: "shop" } });
    expect(instance["labels"]).toEqual({
      team: "shop",
      [alice.label]: "boot",
      "exoscale-ssh.owner": expect.stringMatching(/^[0-9a-f]{16}$/),
      "exoscale-ssh.resource": expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test("to no labels when the program removes them", async () => {
    const { instance } = await createAndUpdate({ labels: { tier: "web" } }, { labels: undefined });
    expect(Object.keys(instance["labels"] as object)).toEqual(["exoscale-ssh.owner", "exoscale-ssh.resource"]);
  });

  test("in its groups: the new one is added before the old one is removed", async () => {
    const group = await cloud.run().create(SecurityGroup, { name: "ssh" });
    const { actions, instance } = await createAndUpdate({ securityGroups: ["default"] }, { securityGroups: ["ssh"] });
    expect(instance["security-groups"]).toEqual([{ id: group.id }]);
    expect(actions).toEqual([":attach", ":detach"]);
  });

  test("but not in its groups when the program no longer names any", async () => {
    const { changes, actions } = await createAndUpdate({ securityGroups: ["default"] }, { securityGroups: undefined });
    expect({ changes, actions }).toEqual({ changes: [], actions: [] });
  });
});

describe("An instance's power state follows the program", () => {
  test.each([
    ["running", "stopped", ":stop"],
    ["stopped", "running", ":start"],
  ])("from %s to %s", async (before, after, action) => {
    const { actions, instance, state } = await createAndUpdate({ state: before }, { state: after });
    expect(actions).toEqual([action]);
    expect([instance["state"], state.state]).toEqual([after, after]);
  });
});

describe("An instance grows", () => {
  test("to another type: stopped, scaled, started", async () => {
    const { actions, state } = await createAndUpdate({}, { type: "standard.small" });
    expect(actions).toEqual([":stop", ":scale", ":start"]);
    expect(state).toMatchObject({ type: "standard.small", state: "running" });
  });

  test("to a larger disk: stopped, resized, started", async () => {
    const { actions, instance } = await createAndUpdate({}, { diskSize: 20 });
    expect(actions).toEqual([":stop", ":resize-disk", ":start"]);
    expect(instance).toMatchObject({ "disk-size": 20, state: "running" });
  });

  test("in both at once with one stop, and stays stopped if it was", async () => {
    const { actions, instance } = await createAndUpdate({ state: "stopped" }, { type: "standard.small", diskSize: 20 });
    expect(actions).toEqual([":scale", ":resize-disk"]);
    expect(instance["state"]).toBe("stopped");
  });
});

describe("A change that the API cannot make is refused before anything happens", () => {
  test.each([
    [
      "a smaller disk",
      { diskSize: 20 },
      { diskSize: 10 },
      /^diskSize: diskSize of instance "web" cannot go from 20 to 10 GiB: .*Set diskSize: 20/,
    ],
    [
      "no user data instead of some",
      { userData: "x" },
      { userData: undefined },
      /^userData: userData of instance "web" cannot be removed/,
    ],
    [
      "a type of another family",
      {},
      { type: "gpu2.small" },
      /^type: type of instance "web" cannot go from standard.tiny to gpu2.small: .*of standard, cpu or memory/,
    ],
  ])("%s", async (_what, before, after, message) => {
    const last = await cloud.run().create(Instance, { ...machine, ...before });
    const failures = await cloud.run().failures(Instance, { ...machine, ...before, ...after }, last);
    expect(failures).toEqual([expect.stringMatching(message)]);
    expect(cloud.actions()).toEqual(["POST"]);
  });
});

test("An update of an instance that is as declared changes nothing", async () => {
  cloud.emulator.cloud.swapKey("alice", alice.line);
  const news = {
    sshKeys: [{ name: "alice", publicKeyOpenssh: alice.line }],
    ...{ labels: { tier: "web" }, userData: "#cloud-config", securityGroups: ["default"] },
  };
  const { actions } = await createAndUpdate(news, {});
  expect(actions).toEqual([]);
});

test("An update that fails halfway is finished by the next one", async () => {
  const last = await cloud.run().create(Instance, machine);
  const news = { ...machine, type: "standard.small" };
  cloud.emulator.faults.add({ kind: "operation-failure", message: "No capacity", path: /:scale$/ });
  await expect(cloud.run().update(Instance, last, news)).rejects.toThrow("No capacity");
  const { state } = await cloud.run().update(Instance, last, news);
  expect(state).toMatchObject({ type: "standard.small", state: "running" });
});

test("An update of a deleted instance says how to continue", async () => {
  const last = await cloud.run().create(Instance, machine);
  await cloud.emulator.cloud.destroyInstance(last.state.instanceId);
  await expect(cloud.run().update(Instance, last, machine)).rejects.toThrow(
    /is gone from ch-gva-2\. .*run "pulumi refresh", then "pulumi up"/,
  );
});

test("A new zone or template makes a new instance", async () => {
  const last = await cloud.run().create(Instance, machine);
  const news = { ...machine, zone: "de-fra-1", template: "Linux Debian 12" };
  expect((await cloud.run().diff(Instance, last, news)).replaces).toEqual(["zone", "template"]);
});

test("A deletion removes the instance, and a second one is no error", async () => {
  const last = await cloud.run().create(Instance, machine);
  await cloud.run().delete(Instance, last);
  expect(cloud.emulator.cloud.instances()).toEqual([]);
  await expect(cloud.run().delete(Instance, last)).resolves.toBeUndefined();
});
