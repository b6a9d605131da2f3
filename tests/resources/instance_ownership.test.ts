import { resources } from "../../provider/resources";
import { unnamedMachine as machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const identityOf = (parent: string) => ({
  organization: "acme",
  urn: `urn:pulumi:prod::shop::${parent}$web`,
  name: "web",
});

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud({ operationMs: 50 });
});
afterEach(closeClouds);

test("Two instances that are made at once never become one, be their logical names the same", async () => {
  const run = cloud.run();
  const both = ["blue", "green"].map((parent) => run.create(Instance, { ...machine, identity: identityOf(parent) }));
  const ids = (await Promise.all(both)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
});

test("Two instances that one run creates with the same identity stay two", async () => {
  const run = cloud.run();
  const both = [1, 2].map(() => run.create(Instance, { ...machine, identity: identityOf("blue") }));
  const ids = (await Promise.all(both)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
});

test("An instance that was taken over is not deleted for its former state, even in a later run", async () => {
  const former = await cloud.run().create(Instance, { ...machine, identity: identityOf("blue") });
  const now = await cloud.run().create(Instance, { ...machine, identity: identityOf("blue") });
  expect(now.id).toBe(former.id);
  await cloud.run().delete(Instance, former);
  expect(cloud.instance()).toMatchObject({ id: now.state.instanceId });
  await cloud.run().delete(Instance, now);
  expect(cloud.emulator.cloud.instances()).toEqual([]);
});

test("After a killed adoption the instance belongs to the state that is updated next", async () => {
  const declared = { ...machine, identity: identityOf("blue"), deletionProtection: true };
  cloud.emulator.faults.add({ kind: "status", status: 403, method: "PUT", path: /:add-protection$/ });
  const last = await cloud.run().createInPart(Instance, declared);
  await cloud.run().create(Instance, { ...declared, deletionProtection: undefined });
  const updated = await cloud.run().update(Instance, last, { ...machine, identity: identityOf("blue") });
  await cloud.run().delete(Instance, updated);
  expect(cloud.emulator.cloud.instances()).toEqual([]);
});

describe("An instance that exists", () => {
  test("stays in its zone when the provider's default has changed", async () => {
    const last = await cloud.run({ zone: "de-fra-1" }).create(Instance, { ...machine, zone: undefined });
    const { inputs } = await cloud.run({ zone: "at-vie-1" }).check(Instance, { ...machine, zone: undefined }, last);
    expect(inputs["zone"]).toBe("de-fra-1");
  });

  test("may keep a type and a template that Exoscale has withdrawn", async () => {
    const last = await cloud.run().create(Instance, machine);
    const withdrawn = { type: "standard.withdrawn", template: "Linux Debian 9" };
    const state = { ...last.state, ...withdrawn };
    for (const type of ["standard.withdrawn", "Standard.Withdrawn"]) {
      const news = { ...machine, ...withdrawn, type };
      expect(await cloud.run().failures(Instance, news, { id: last.id, state })).toEqual([]);
    }
  });
});
