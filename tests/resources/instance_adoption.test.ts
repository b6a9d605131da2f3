import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { alice, bob } from "./known_keys";
import { identity, unnamedMachine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const machine = { ...unnamedMachine, identity };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

/** A run that is killed after the instance was made and before the engine saved it. */
async function killedRun(news: Record<string, unknown> = machine) {
  await cloud.run().create(Instance, news);
}

test("After a lost answer, a different instance that a killed run left is not adopted", async () => {
  await killedRun({ ...machine, diskSize: 20 });
  const left = cloud.instance()["id"];
  cloud.emulator.faults.add({ kind: "lost-reply", method: "POST", path: "/instance" });
  const { state } = await cloud.run().create(Instance, machine);
  expect(state.instanceId).not.toBe(left);
  expect(cloud.emulator.cloud.instances()).toHaveLength(2);
});

describe("An instance that a killed run left", () => {
  test("is taken over by the next run, under the new name", async () => {
    await killedRun();
    const run = cloud.run();
    const { state } = await run.create(Instance, { ...machine, name: "web-2" });
    expect(cloud.instance()).toMatchObject({ id: state.instanceId, name: "web-2" });
    expect(run.notes).toEqual([expect.stringMatching(/was left behind by an interrupted run: continuing with it\.$/)]);
  });

  test("gets the labels and the power state that the program asks for now", async () => {
    await killedRun({ ...machine, labels: { tier: "old" } });
    const { state } = await cloud.run().create(Instance, { ...machine, labels: { tier: "new" }, state: "stopped" });
    expect(cloud.instance()).toMatchObject({ state: "stopped", labels: { tier: "new" } });
    expect(state.state).toBe("stopped");
  });

  test("is taken over with the keys and groups that the program asks for, in any order", async () => {
    for (const [name, { line }] of Object.entries({ alice, bob })) cloud.emulator.cloud.swapKey(name, line);
    const [one, two] = [{ name: "alice" }, { name: "bob" }];
    await killedRun({ ...machine, sshKeys: [one, two], securityGroups: ["default"] });
    const news = { ...machine, sshKeys: [two, one], securityGroups: ["default"] };
    const { state } = await cloud.run().create(Instance, news);
    expect(cloud.instance()["id"]).toBe(state.instanceId);
    expect(state.heldKeys.map(({ name }) => name)).toEqual(["bob", "alice"]);
  });

  test("is not taken over into an anti-affinity group that it is not in", async () => {
    await new Client(cloud.emulator).settle("POST", "/anti-affinity-group", { name: "apart" });
    await killedRun();
    const left = cloud.instance()["id"];
    const { state } = await cloud.run().create(Instance, { ...machine, antiAffinityGroups: ["apart"] });
    expect(state.instanceId).not.toBe(left);
  });

  test("is left alone and named when the program asks for something else now", async () => {
    await killedRun();
    const left = cloud.instance()["id"];
    const run = cloud.run();
    const { state } = await run.create(Instance, { ...machine, diskSize: 20 });
    expect(state.instanceId).not.toBe(left);
    expect(run.warnings).toEqual([
      expect.stringMatching(
        `left behind by an interrupted run and is not what the program asks for now.* run: exo compute instance delete --zone ch-gva-2 ${left}\\. ` +
          `.*protected it\\. .* first: exo compute instance update --zone ch-gva-2 ${left} --protection=false$`,
      ),
    ]);
  });

  test("is not named when it is already being deleted", async () => {
    await killedRun({ ...machine, diskSize: 20 });
    cloud.emulator.cloud.setOperationMs(600_000);
    await new Client(cloud.emulator).send("DELETE", `/instance/${cloud.instance()["id"]}`);
    expect(cloud.instance()).toMatchObject({ state: "destroying" });
    cloud.emulator.cloud.setOperationMs(0);
    const run = cloud.run();
    await run.create(Instance, machine);
    expect(run.warnings).toEqual([]);
  });

  test("is neither taken over nor named in another zone", async () => {
    await killedRun();
    const run = cloud.run();
    await run.create(Instance, { ...machine, zone: "de-fra-1" });
    expect([...run.warnings, ...run.notes]).toEqual([]);
    expect(cloud.emulator.cloud.instances()).toHaveLength(2);
  });

  test("is not taken over by another resource", async () => {
    await killedRun();
    await cloud.run().create(Instance, { ...machine, identity: { ...identity, urn: "urn:pulumi:prod::shop::db" } });
    expect(cloud.emulator.cloud.instances()).toHaveLength(2);
  });

  test("is taken over by the next run if two runs were killed", async () => {
    await killedRun();
    await killedRun();
    const { state } = await cloud.run().create(Instance, machine);
    expect(cloud.instance()["id"]).toBe(state.instanceId);
  });
});
