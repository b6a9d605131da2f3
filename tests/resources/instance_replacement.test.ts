import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { alice } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

describe("An instance is not replaced for another form of", () => {
  test("its template", async () => {
    const last = await cloud.run().create(Instance, machine);
    const diff = await cloud.run().diff(Instance, last, { ...machine, template: last.state.templateId });
    expect(diff).toMatchObject({ changes: ["template"], replaces: [] });
  });

  test("its anti-affinity group", async () => {
    const made = await new Client(cloud.emulator).settle("POST", "/anti-affinity-group", { name: "apart" });
    const last = await cloud.run().create(Instance, { ...machine, antiAffinityGroups: ["apart"] });
    const diff = await cloud.run().diff(Instance, last, { ...machine, antiAffinityGroups: [made.reference.id] });
    expect(diff).toMatchObject({ changes: ["antiAffinityGroups"], replaces: [] });
  });
});

describe("A change that an instance refuses", () => {
  const large = { ...machine, diskSize: 20 };

  test("is refused with another form of its template too, and again in the update", async () => {
    const last = await cloud.run().create(Instance, large);
    const news = { ...machine, template: last.state.templateId };
    expect(await cloud.run().failures(Instance, news, last)).toEqual([expect.stringContaining("from 20 to 10 GiB")]);
    const { inputs } = await cloud.run().check(Instance, news);
    const update = Instance.update(last.id, last.state, inputs as never, cloud.run());
    await expect(update).rejects.toThrow("from 20 to 10 GiB");
  });

  test.each([
    { template: "Linux Ubuntu 24.04 LTS" },
    { zone: "de-fra-1" },
    { sshKeys: undefined, replaceOnKeyChange: true },
  ])("is permitted if a new one is made anyway: %j", async (change) => {
    cloud.emulator.cloud.swapKey("alice", alice.line);
    const last = await cloud.run().create(Instance, { ...large, sshKeys: [{ name: "alice" }] });
    const news = { ...machine, sshKeys: [{ name: "alice" }], ...change };
    expect(await cloud.run().failures(Instance, news, last)).toEqual([]);
    expect((await cloud.run().diff(Instance, last, news)).replaces).toHaveLength(1);
  });
});

describe("A diff says that the disk is lost", () => {
  test.each([
    [{ template: "Linux Ubuntu 24.04 LTS" }, "template"],
    [{ zone: "de-fra-1" }, "zone"],
    [{ sshKeys: [{ name: "alice" }], replaceOnKeyChange: true }, "list of keys"],
  ])("for %j", async (change, what) => {
    cloud.emulator.cloud.swapKey("alice", alice.line);
    const last = await cloud.run().create(Instance, machine);
    const run = cloud.run();
    await run.diff(Instance, last, { ...machine, ...change });
    expect(run.notes).toContain(
      `Another ${what} makes a new instance "web": what is on the disk of this one is lost, and its address too.`,
    );
  });

  test("not for a change in place", async () => {
    const last = await cloud.run().create(Instance, machine);
    const run = cloud.run();
    await run.diff(Instance, last, { ...machine, labels: { tier: "web" } });
    expect(run.notes).toEqual([]);
  });
});

test.each([{ template: "Linux Ubuntu 24.04 LTS" }, { zone: "de-fra-1" }])(
  "An instance is replaced for a change to another machine: %j",
  async (change) => {
    const last = await cloud.run().create(Instance, machine);
    const diff = await cloud.run().diff(Instance, last, { ...machine, ...change });
    expect(diff.replaces).toEqual(Object.keys(change));
  },
);
