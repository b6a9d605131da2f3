import { PartialCreateError } from "../../provider/errors";
import { resources } from "../../provider/resources";
import type { InstanceState } from "../../provider/resources/instance/fields";
import { closeClouds, type Held, type Run, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const identity = { project: "shop", stack: "prod", name: "web" };
const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10, identity };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

/** What the engine saves of a creation that fails half-way. */
async function part(run: Run, news: Record<string, unknown>): Promise<Held<InstanceState> & { message: string }> {
  const error = await run.create(Instance, news).catch((thrown: unknown) => thrown);
  if (!(error instanceof PartialCreateError)) throw error;
  // The state that a partial error carries is the resource's own.
  return { id: error.id, state: error.state as unknown as InstanceState, message: error.message };
}

/** A run that is killed after the API made the instance and before the engine saved anything. */
async function killedRun(news: Record<string, unknown> = machine) {
  cloud.emulator.faults.add({ kind: "status", status: 400, method: "PUT", path: /^\/instance\// });
  await part(cloud.run(), news);
}

describe("A creation whose operation fails", () => {
  beforeEach(() => {
    const failure = { kind: "operation-failure", reason: "unavailable", message: "No capacity" } as const;
    cloud.emulator.faults.add({ ...failure, method: "POST", path: "/instance" });
  });

  test("leaves the instance in the state, with the server's words", async () => {
    const { id, state, message } = await part(cloud.run(), machine);
    expect(id).toBe(`ch-gva-2/${cloud.instance()["id"]}`);
    expect(state).toMatchObject({ state: "error", unfinished: true, instanceId: cloud.instance()["id"] });
    expect(message).toMatch(/was made, but: .*unavailable: No capacity/);
  });

  test("is replaced by the next update", async () => {
    const last = await part(cloud.run(), machine);
    expect(await cloud.run().diff(Instance, last, machine)).toMatchObject({ replaces: ["state"], drifted: true });
  });

  test("is not adopted by its replacement", async () => {
    const last = await part(cloud.run(), machine);
    const run = cloud.run();
    const next = await run.create(Instance, machine);
    await run.delete(Instance, last);
    expect(cloud.instance()).toMatchObject({ id: next.state.instanceId, state: "running" });
  });
});

test("A failure of the last step leaves the instance in the state, and the update finishes it", async () => {
  cloud.emulator.faults.add({
    kind: "status",
    status: 403,
    body: { message: "Not allowed" },
    method: "PUT",
    path: /instance/,
  });
  const last = await part(cloud.run(), machine);
  expect(last.state).toMatchObject({ state: "running", unfinished: true });
  expect(await cloud.run().diff(Instance, last, machine)).toMatchObject({ changes: [], replaces: [], drifted: true });
  const { state } = await cloud.run().update(Instance, last, machine);
  expect(state).not.toHaveProperty("unfinished");
  expect(Object.keys(cloud.instance()["labels"] as object)).toEqual(["exoscale-ssh.identity"]);
});

test("An instance is known by its id even while the API tells nothing about it", async () => {
  cloud.emulator.faults.add({ kind: "status", status: 403, path: /^\/instance\/[0-9a-f-]+$/, times: 2 });
  const last = await part(cloud.run(), machine);
  expect(last.id).toBe(`ch-gva-2/${cloud.instance()["id"]}`);
  expect(last.state).toMatchObject({ state: "unknown", unfinished: true, name: expect.stringMatching(/^web-/) });
  const { state } = await cloud.run().update(Instance, last, machine);
  expect(state.state).toBe("running");
});

test("A refused creation leaves nothing, in the cloud or in the state", async () => {
  cloud.emulator.faults.add({
    kind: "status",
    status: 400,
    body: { message: "Quota reached" },
    method: "POST",
    path: "/instance",
  });
  const create = cloud.run().create(Instance, machine);
  await expect(create).rejects.toThrow(/create instance "web-.*400.*Quota reached/);
  await expect(create).rejects.not.toBeInstanceOf(PartialCreateError);
  expect(cloud.emulator.cloud.instances()).toEqual([]);
});

test("A creation whose answer is lost makes exactly one instance", async () => {
  cloud.emulator.faults.add({ kind: "lost-reply", method: "POST", path: "/instance" });
  const { state } = await cloud.run().create(Instance, machine);
  expect(cloud.instance()).toMatchObject({ id: state.instanceId, state: "running" });
  expect(cloud.actions().filter((action) => action === "POST")).toEqual(["POST"]);
});

test("A lost answer is not mistaken for what a killed run left of another kind", async () => {
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
    expect(run.notes).toEqual([expect.stringMatching(/was left by an interrupted run: going on with it\.$/)]);
  });

  test("gets the labels and the power state that the program asks for now", async () => {
    await killedRun({ ...machine, labels: { tier: "old" } });
    const { state } = await cloud.run().create(Instance, { ...machine, labels: { tier: "new" }, state: "stopped" });
    expect(cloud.instance()).toMatchObject({ state: "stopped", labels: { tier: "new" } });
    expect(state.state).toBe("stopped");
  });

  test("is left alone and named when the program asks for something else now", async () => {
    await killedRun();
    const left = cloud.instance()["id"];
    const run = cloud.run();
    const { state } = await run.create(Instance, { ...machine, diskSize: 20 });
    expect(state.instanceId).not.toBe(left);
    expect(run.warnings).toEqual([expect.stringMatching(`left by an interrupted run .*--zone ch-gva-2 ${left}$`)]);
  });

  test("is not taken over by another resource", async () => {
    await killedRun();
    await cloud.run().create(Instance, { ...machine, identity: { ...identity, name: "db" } });
    expect(cloud.emulator.cloud.instances()).toHaveLength(2);
  });

  test("is not taken over once it was finished", async () => {
    await cloud.run().create(Instance, machine);
    await cloud.run().create(Instance, machine);
    expect(cloud.emulator.cloud.instances()).toHaveLength(2);
  });

  test("is not deleted by the run that took it over as its own replacement", async () => {
    cloud.emulator.faults.add({ kind: "status", status: 400, method: "PUT", path: /^\/instance\// });
    const last = await part(cloud.run(), machine);
    const run = cloud.run();
    const next = await run.create(Instance, machine);
    await run.delete(Instance, last);
    expect(next.id).toBe(last.id);
    expect(cloud.instance()).toMatchObject({ state: "running" });
  });
});
