import { resources } from "../../provider/resources";
import { identity, unnamedMachine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const machine = { ...unnamedMachine, identity };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const ids = () => cloud.emulator.cloud.instances().map(({ id }) => id);
const marks = () =>
  cloud.emulator.cloud.instances().map(({ labels }) => "exoscale-ssh.creating" in ((labels ?? {}) as object));

/** A run that ends well: the engine saved the instance, and the front has done what remains. */
async function finishedRun() {
  const run = cloud.run();
  const made = await run.create(Instance, machine);
  await cloud.finish(run);
  return made;
}

/** A run that was killed after the engine saved the instance. */
const savedRun = () => cloud.run().create(Instance, machine);

/** Check and create as for a changed input: the first check has the old inputs, the second has none. */
async function replace(last: Awaited<ReturnType<typeof savedRun>>, news: Record<string, unknown> = machine) {
  const run = cloud.run();
  await run.check(Instance, news, last);
  const next = await run.create(Instance, news);
  return { run, next };
}

describe("The mark of a new instance", () => {
  test("stays after the creation, because the engine may not save it", async () => {
    await savedRun();
    expect(marks()).toEqual([true]);
  });

  test("costs a creation no request of its own", async () => {
    await savedRun();
    expect(cloud.changes()).toEqual(["POST /v2/instance"]);
  });

  test("goes at the end of the run, when everything is saved", async () => {
    await finishedRun();
    expect(marks()).toEqual([false]);
  });

  test("goes with the next update", async () => {
    const last = await savedRun();
    await cloud.run().update(Instance, last, { ...machine, labels: { tier: "web" } });
    expect(marks()).toEqual([false]);
  });

  test("is no change and no drift while it stays", async () => {
    const found = await cloud.run().found(Instance, await savedRun());
    expect(await cloud.run().diff(Instance, found, machine)).toMatchObject({ changes: [], drifted: false });
  });

  test("stays if the front cannot reach the API at the end, and the run does not fail for it", async () => {
    const run = cloud.run();
    await run.create(Instance, machine);
    cloud.emulator.faults.add({ kind: "status", status: 403, method: "PUT", path: /^\/instance\// });
    await run.finish();
    expect(marks()).toEqual([true]);
  });

  test("does not stay on a machine that was deleted in the same run", async () => {
    const run = cloud.run();
    await run.delete(Instance, await run.create(Instance, machine));
    await run.finish();
    expect(ids()).toEqual([]);
  });

  test("stays on an instance whose creation nobody waited for", async () => {
    let asked = 0;
    const run = Object.assign(cloud.run(), { abandoned: async () => ++asked > 1 });
    await run.create(Instance, machine);
    await run.finish();
    expect(marks()).toEqual([true]);
  });
});

describe("A replacement of an instance with its mark", () => {
  test("makes a new instance and deletes the old one", async () => {
    const last = await savedRun();
    const { run, next } = await replace(last, { ...machine, template: "Linux Debian 12" });
    await run.delete(Instance, last);
    expect(ids()).toEqual([next.state.instanceId]);
  });

  test("with the same inputs does so as well", async () => {
    const last = await savedRun();
    const { run, next } = await replace(last);
    await run.delete(Instance, last);
    expect(next.id).not.toBe(last.id);
    expect(ids()).toEqual([next.state.instanceId]);
  });

  test("begins when the old one has lost its mark, so that no other change of its labels brings it back", async () => {
    cloud.emulator.cloud.setOperationMs(50);
    const last = await savedRun();
    const before = cloud.emulator.requests.length;
    await replace(last);
    const requests = cloud.emulator.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    const asked = requests.slice(0, requests.indexOf("POST /v2/instance"));
    expect(asked).toContain(`PUT /v2/instance/${last.state.instanceId}`);
    expect(asked.at(-1)).toMatch(/^GET .*operation/);
  });

  test("that was killed before it was saved is continued, and the old instance goes", async () => {
    const last = await savedRun();
    const killed = (await replace(last)).next;
    const { run, next } = await replace(last);
    await run.delete(Instance, last);
    expect(next.id).toBe(killed.id);
    expect(ids()).toEqual([next.state.instanceId]);
  });

  test("that was killed before the old one was deleted does not make the next one adopt it", async () => {
    const oldest = await savedRun();
    const { next: last } = await replace(oldest);
    const { run, next } = await replace(last);
    expect([oldest.id, last.id]).not.toContain(next.id);
    await run.delete(Instance, last);
    await run.delete(Instance, oldest);
    expect(ids()).toEqual([next.state.instanceId]);
  });

  test("in reverse order makes one instance", async () => {
    const last = await savedRun();
    const run = cloud.run();
    await run.check(Instance, machine, last);
    await run.delete(Instance, last);
    const next = await run.create(Instance, machine);
    expect(ids()).toEqual([next.state.instanceId]);
  });
});

describe("A replacement of which the engine does not show the old inputs (--replace, taint)", () => {
  test("makes a new instance after a run that ended well", async () => {
    const last = await finishedRun();
    const run = cloud.run();
    const next = await run.create(Instance, machine);
    await run.delete(Instance, last);
    expect(next.id).not.toBe(last.id);
    expect(ids()).toEqual([next.state.instanceId]);
  });

  test("keeps the instance of a killed run, says so, and makes a new one when it is repeated", async () => {
    const last = await savedRun();
    const first = cloud.run();
    const kept = await first.create(Instance, machine);
    await first.delete(Instance, last);
    await cloud.finish(first);
    expect([kept.id, ...ids()]).toEqual([last.id, last.state.instanceId]);
    expect(first.warnings).toEqual([
      expect.stringContaining("was not replaced: its mark said that an interrupted run"),
    ]);
    const second = cloud.run();
    const next = await second.create(Instance, machine);
    await second.delete(Instance, kept);
    expect(ids()).toEqual([next.state.instanceId]);
    expect(second.warnings).toEqual([]);
  });
});

describe("An instance that the state has under another name of its resource", () => {
  const renamed = { ...machine, identity: { ...identity, urn: "urn:pulumi:prod::shop::frontend", name: "frontend" } };

  test("is not adopted by a new resource of the old name, after a run that ended well", async () => {
    const last = await finishedRun();
    const run = cloud.run();
    await run.check(Instance, renamed, last);
    const next = await run.create(Instance, machine);
    expect(next.id).not.toBe(last.id);
  });

  test("is not adopted after a killed run either, if the run has met it", async () => {
    const last = await savedRun();
    const run = cloud.run();
    await run.check(Instance, renamed, last);
    expect((await run.create(Instance, machine)).id).not.toBe(last.id);
  });
});

describe("An instance that no state has, and whose run ended well (removed from the state, or Pulumi could not save it)", () => {
  test("is left alone, and the program gets another one", async () => {
    const { id } = await finishedRun();
    expect((await cloud.run().create(Instance, machine)).id).not.toBe(id);
  });

  test("is named to the next run that creates the resource, with the command that deletes it", async () => {
    const { id, state } = await finishedRun();
    const run = cloud.run();
    await run.create(Instance, machine);
    const command = `exo compute instance delete --zone ${state.zone} ${state.instanceId}`;
    expect(run.notes).toEqual([expect.stringMatching(new RegExp(`${id}.* was made for this resource.*${command}`))]);
  });

  test("is not said to be lost, because another resource or stack may have it", async () => {
    await finishedRun();
    const run = cloud.run();
    await run.create(Instance, machine);
    expect(run.notes).toEqual([expect.stringContaining("under another name or in another stack")]);
  });

  test("is named to no other resource", async () => {
    await finishedRun();
    const run = cloud.run();
    await run.create(Instance, { ...machine, identity: { ...identity, urn: "urn:pulumi:prod::shop::other" } });
    expect(run.notes).toEqual([]);
  });

  test("is not taken for one that the state has and that is being replaced", async () => {
    const last = await finishedRun();
    const { run } = await replace(last);
    expect(run.notes).toEqual([]);
  });
});

describe("An instance that went to another stack or to another name of its resource", () => {
  const elsewhere = { ...machine, identity: { ...identity, urn: "urn:pulumi:other::shop::web" } };

  test("is that resource's from its next update on, and no longer named to the one that it was made for", async () => {
    const last = await finishedRun();
    await cloud.run().update(Instance, last, elsewhere);
    const [former, present] = [cloud.run(), cloud.run()];
    await former.create(Instance, machine);
    await present.create(Instance, elsewhere);
    expect(former.notes).toEqual([]);
    expect(present.notes).toEqual([expect.stringContaining(last.id)]);
  });
});

describe("The owner of an instance", () => {
  test("is in its inputs, and a check keeps it", async () => {
    const last = await savedRun();
    const { inputs } = await cloud.run().check(Instance, machine, last);
    expect(inputs["owner"]).toBe((cloud.instance()["labels"] as Record<string, string>)["exoscale-ssh.owner"]);
  });

  test("does not get into a state of before that lacks it, and the instance can be deleted", async () => {
    const last = await finishedRun();
    const { owner: _, ...old } = last.state;
    const { inputs } = await cloud.run().check(Instance, machine, { id: last.id, state: old });
    expect(inputs).not.toHaveProperty("owner");
    await cloud.run().delete(Instance, { id: last.id, state: old });
    expect(ids()).toEqual([]);
  });

  test("cannot be set by a program", async () => {
    const { inputs } = await cloud.run().check(Instance, { ...machine, owner: "mine" });
    expect(inputs["owner"]).toMatch(/^[0-9a-f]{16}$/);
  });

  test("follows the seed of a saved plan", async () => {
    const planned = { ...identity, freshOwner: "0123456789abcdef" };
    const { inputs } = await cloud.run().check(Instance, { ...machine, identity: planned });
    expect(inputs["owner"]).toBe("0123456789abcdef");
  });
});
