import { resources } from "../../provider/resources";
import { machine as base, identity } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup } = resources;
const machine = { ...base, identity };
const short = 0.2;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

/** A run that makes an instance and ends well. */
async function make(news: Record<string, unknown>) {
  const run = cloud.run();
  const made = await run.create(Instance, news);
  await cloud.finish(run);
  return made;
}

/** From now on no operation ends. */
const stall = () => cloud.emulator.cloud.setOperationMs(600_000);

test("timeouts.create ends the wait for an instance that does not come up, and keeps it", async () => {
  stall();
  const { message, state } = await cloud.run().createInPart(Instance, { ...machine, timeouts: { create: short } });
  expect(message).toMatch(
    /was made, but: Gave up waiting to create instance "web": .*or allow more time: timeouts: \{ create: 0\.4 \} \(it is 0/,
  );
  expect(state).toMatchObject({ instanceId: cloud.instance()["id"], state: "starting", unfinished: true });
});

test.each([
  ["a new name", { name: "web-2" }, "update instance"],
  ["another type", { type: "standard.small" }, "stop instance"],
  ["a protection", { deletionProtection: true }, "protect instance"],
  ["another group", { securityGroups: ["ssh"] }, "put instance"],
])("timeouts.update ends the wait for %s, and the error names it", async (_what, change, what) => {
  await cloud.run().create(SecurityGroup, { name: "ssh" });
  const news = { ...machine, securityGroups: ["default"], timeouts: { update: short } };
  const last = await make(news);
  stall();
  await expect(cloud.run().update(Instance, last, { ...news, ...change })).rejects.toThrow(
    new RegExp(
      `Gave up waiting to ${what}.*"?or allow more time: timeouts: \\{ update: 0\\.4 \\} \\(it is 0\\.2 s now\\)`,
    ),
  );
});

test("timeouts.delete of the last update ends the wait for a deletion", async () => {
  const last = await cloud.run().create(Instance, { ...machine, timeouts: { delete: short } });
  stall();
  await expect(cloud.run().delete(Instance, last)).rejects.toThrow(
    /Gave up waiting to delete instance .*allow more time: timeouts: \{ delete: 0\.4 \}/,
  );
});

test("The next deletion waits for one that took too long", async () => {
  const last = await cloud.run().create(Instance, { ...machine, timeouts: { delete: short } });
  cloud.emulator.cloud.setOperationMs(2000);
  await expect(cloud.run().delete(Instance, last)).rejects.toThrow("delete");
  await cloud.run().delete(Instance, { ...last, state: { ...last.state, timeouts: { delete: 60 } } });
  expect(cloud.emulator.cloud.instances()).toEqual([]);
});

test("A change of the timeouts alone sends no changing request", async () => {
  const last = await make(machine);
  const soFar = cloud.changes();
  const { state } = await cloud.run().update(Instance, last, { ...machine, timeouts: { delete: 5 } });
  expect(cloud.changes()).toEqual(soFar);
  expect(state.timeouts).toEqual({ delete: 5 });
});
