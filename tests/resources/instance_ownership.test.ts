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

describe("An update of an instance that another resource or stack has adopted", () => {
  const declared = { ...machine, name: "web", identity: identityOf("blue") };
  const renamed = { ...declared, name: "shop" };

  /** The state from before the adoption, and the one of the adopter. */
  async function adoptedTwice() {
    const former = await cloud.run().create(Instance, declared);
    const now = await cloud.run().create(Instance, declared);
    expect(now.id).toBe(former.id);
    return { former, now };
  }

  test("warns, says how to take it out of one of them, is carried out, and owns the instance afterwards", async () => {
    const { former } = await adoptedTwice();
    const run = cloud.run();
    const { state } = await run.update(Instance, former, renamed);
    expect(state.name).toBe("shop");
    expect(run.warnings).toEqual([
      `Instance "shop" (${former.id}) had another owner: another resource or stack has adopted it, or a run that was killed ` +
        "before Pulumi saved it. Now it belongs to this resource, and only its deletion deletes it. If two states have it, " +
        "take it out of one of them, for example of this one: pulumi state delete 'urn:pulumi:prod::shop::blue$web'",
    ]);
    expect(cloud.instance()).toMatchObject({ labels: { "exoscale-ssh.owner": former.state.owner } });
  });

  test("says nothing for the adopter", async () => {
    const { now } = await adoptedTwice();
    const run = cloud.run();
    await run.update(Instance, now, renamed);
    expect(run.warnings).toEqual([]);
  });

  test("says nothing for a state of an older version, without owner, nor for a machine without the label", async () => {
    const { former } = await adoptedTwice();
    const { owner: _, ...older } = former.state;
    const run = cloud.run();
    await run.update(Instance, { id: former.id, state: older }, renamed);
    await cloud
      .run()
      .account.zone("ch-gva-2")
      .then(({ instances }) => instances.update(former.state.instanceId, { labels: {} }));
    await run.update(Instance, former, renamed);
    expect(run.warnings).toEqual([]);
  });

  test("says nothing for an imported machine, whose owner is the one in the label", async () => {
    const { former } = await adoptedTwice();
    const run = cloud.run();
    const imported = await Instance.read(former.id, undefined, run);
    if (!imported) throw new Error("The instance is gone");
    await run.update(Instance, imported, { ...renamed, ...machine });
    expect(run.warnings).toEqual([]);
  });

  test("says nothing if it goes on with its own interrupted creation, and owns the instance afterwards", async () => {
    cloud.emulator.faults.add({ kind: "status", status: 403, method: "PUT", path: /:add-protection$/ });
    const last = await cloud.run().createInPart(Instance, { ...declared, deletionProtection: true });
    await cloud.run().create(Instance, declared);
    const run = cloud.run();
    await run.update(Instance, last, declared);
    expect(run.warnings).toEqual([]);
    expect(cloud.instance()).toMatchObject({ labels: { "exoscale-ssh.owner": last.state.owner } });
  });
});

test("The same is true if the instance was finished, as after a killed run with --replace", async () => {
  const declared = { ...machine, identity: identityOf("blue") };
  const last = await cloud.run().create(Instance, declared);
  await cloud.run().create(Instance, declared);
  const updated = await cloud.run().update(Instance, last, { ...declared, labels: { tier: "web" } });
  await cloud.run().delete(Instance, updated);
  expect(cloud.emulator.cloud.instances()).toEqual([]);
});

test("A deletion that leaves an instance to another owner does not say that a replacement has it", async () => {
  const declared = { ...machine, identity: identityOf("blue") };
  const last = await cloud.run().create(Instance, declared);
  await cloud.run().create(Instance, declared);
  const run = cloud.run();
  await run.delete(Instance, last);
  expect(run.warnings).toEqual([
    expect.stringMatching(/has another owner .* or a run that was killed .* delete it: exo /),
  ]);
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
