import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const machine = { zone: "ch-gva-2", name: "web", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

describe("An instance is not replaced for another way to write", () => {
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

test.each([{ template: "Linux Ubuntu 24.04 LTS" }, { zone: "de-fra-1" }])(
  "An instance is replaced for what makes it another machine: %j",
  async (change) => {
    const last = await cloud.run().create(Instance, machine);
    const diff = await cloud.run().diff(Instance, last, { ...machine, ...change });
    expect(diff.replaces).toEqual(Object.keys(change));
  },
);
