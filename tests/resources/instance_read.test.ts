import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { makeKey } from "../ssh/test_keys";
import { alice } from "./known_keys";
import { machine as base } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup } = resources;
const machine = {
  ...base,
  labels: { tier: "web" },
  securityGroups: ["default"],
};

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const create = () => cloud.run().create(Instance, machine);

test("An instance that was deleted has no state", async () => {
  const last = await create();
  await cloud.emulator.cloud.destroyInstance(last.state.instanceId);
  expect(await cloud.run().read(Instance, last)).toBeUndefined();
});

describe("A change by somebody else shows in the inputs, and the update reverts it:", () => {
  test("another name", async () => {
    const last = await create();
    cloud.emulator.cloud.renameInstance(last.state.instanceId, "db");
    const found = await cloud.run().found(Instance, last);
    expect(found.inputs.name).toBe("db");
    expect((await cloud.run().diff(Instance, found, machine)).changes).toEqual(["name"]);
    await cloud.run().update(Instance, found, machine);
    expect(cloud.instance()["name"]).toBe("web");
  });

  test("a stop", async () => {
    const last = await create();
    await cloud.emulator.cloud.stopInstance(last.state.instanceId);
    const found = await cloud.run().found(Instance, last);
    expect(found.inputs.state).toBe("stopped");
    await cloud.run().update(Instance, found, machine);
    expect(cloud.instance()["state"]).toBe("running");
  });

  test("other labels, without the reserved ones", async () => {
    const last = await create();
    cloud.emulator.cloud.labelInstance(last.state.instanceId, { tier: "db", "exoscale-ssh.hostkey": "x" });
    const found = await cloud.run().found(Instance, last);
    expect(found.inputs.labels).toEqual({ tier: "db" });
    await cloud.run().update(Instance, found, machine);
    expect(cloud.instance()["labels"]).toEqual({ tier: "web", "exoscale-ssh.hostkey": "x" });
  });

  test("another group", async () => {
    const last = await create();
    const run = cloud.run();
    const { id } = await run.create(SecurityGroup, { name: "open" });
    await (await run.account.zone("ch-gva-2")).securityGroups.attach(id, last.state.instanceId);
    const found = await cloud.run().found(Instance, last);
    expect(found.inputs.securityGroups).toContain(id);
    const { state } = await cloud.run().update(Instance, found, machine);
    expect(state.securityGroups).toEqual(["default"]);
  });

  test("other user data", async () => {
    const last = await cloud.run().create(Instance, { ...machine, userData: "#cloud-config" });
    const userData = Buffer.from("#!/bin/sh").toString("base64");
    await new Client(cloud.emulator).settle("PUT", `/instance/${last.state.instanceId}`, { "user-data": userData });
    const found = await cloud.run().found(Instance, last);
    expect(found.inputs.userData).toBe("#!/bin/sh");
    await cloud.run().update(Instance, found, { ...machine, userData: "#cloud-config" });
    expect(cloud.instance()["user-data"]).toBe("I2Nsb3VkLWNvbmZpZw==");
  });

  test("another type and a larger disk", async () => {
    const last = await create();
    await cloud.run().update(Instance, last, { ...machine, type: "standard.small", diskSize: 20 });
    const found = await cloud.run().found(Instance, last);
    expect(found.inputs).toMatchObject({ type: "standard.small", diskSize: 20 });
    expect(await cloud.run().failures(Instance, machine, found)).toEqual([
      expect.stringContaining("from 20 to 10 GiB"),
    ]);
  });
});

test("A diff refuses nothing, because a refresh calls it too, with old and new swapped", async () => {
  const last = await create();
  await cloud.run().update(Instance, last, { ...machine, diskSize: 20 });
  const { state } = await cloud.run().found(Instance, last);
  expect(await cloud.run().diffChecked(Instance, { id: last.id, state }, last.state)).toMatchObject({ replaces: [] });
});

test("User data that somebody set and the program does not declare is not in the state", async () => {
  const last = await cloud.run().create(Instance, machine);
  const userData = Buffer.from("the door code is 4711").toString("base64");
  await new Client(cloud.emulator).settle("PUT", `/instance/${last.state.instanceId}`, { "user-data": userData });
  const found = await cloud.run().found(Instance, last);
  expect(JSON.stringify(found)).not.toContain("4711");
});

test("A rename of an instance whose name was generated is accepted", async () => {
  const { name: _, ...unnamed } = machine;
  const last = await cloud.run().create(Instance, unnamed);
  cloud.emulator.cloud.renameInstance(last.state.instanceId, "db");
  const found = await cloud.run().found(Instance, last);
  expect((await cloud.run().diff(Instance, found, unnamed)).changes).toEqual([]);
});

test("A group that was deleted from the account shows as drift; a failed request is an error", async () => {
  const run = cloud.run();
  const group = await run.create(SecurityGroup, { name: "ssh" });
  const last = await run.create(Instance, { ...machine, securityGroups: ["ssh"] });
  cloud.emulator.faults.add({ kind: "status", status: 403, path: "/security-group" });
  await expect(cloud.run().read(Instance, last)).rejects.toThrow("403");
  await (await run.account.zone("ch-gva-2")).securityGroups.detach(group.id, last.state.instanceId);
  await run.delete(SecurityGroup, group);
  expect((await cloud.run().found(Instance, last)).inputs.securityGroups).toEqual([]);
});

test("Inputs that the API does not return stay as the program gave them", async () => {
  cloud.emulator.cloud.swapKey("alice", alice.line);
  const connection = { user: "admin", privateKey: makeKey().privateKey };
  const sshKeys = [{ name: "alice", publicKeyOpenssh: alice.line }];
  const last = await cloud.run().create(Instance, { ...machine, connection, sshKeys, userData: "x" });
  const found = await cloud.run().found(Instance, last);
  expect(found.inputs).toMatchObject({ connection, sshKeys, userData: "x", template: "Linux Debian 13" });
});

test("An instance that is read without a state has the inputs that the API knows", async () => {
  const { id, state } = await create();
  const found = await Instance.read(id, undefined, cloud.run());
  expect(found?.inputs).toMatchObject({ zone: "ch-gva-2", name: "web", type: "standard.tiny", diskSize: 10 });
  expect(found?.state.instanceId).toBe(state.instanceId);
});

test("An id that is not zone and id is refused before any request", async () => {
  const read = Instance.read("../x", undefined, cloud.run());
  await expect(read).rejects.toThrow("ch-gva-2/01234567-89ab-cdef-0123-456789abcdef");
  expect(cloud.emulator.requests).toEqual([]);
});
