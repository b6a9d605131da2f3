import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { Client } from "../emulator/world";
import { identity, machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const safe = { ...machine, identity, deletionProtection: true };
const unsafe = { ...safe, deletionProtection: false };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

/** Deletes the instance as somebody else. @returns the status of the answer */
async function deleteThroughApi() {
  return (await new Client(cloud.emulator).send("DELETE", `/instance/${cloud.instance()["id"]}`)).status;
}

describe("An instance with deletionProtection", () => {
  test("is protected before its creation ends, so that nobody else deletes it", async () => {
    const { state } = await cloud.run().create(Instance, safe);
    expect(state.deletionProtection).toBe(true);
    expect(await deleteThroughApi()).toBe(403);
    expect(cloud.actions()).toEqual(["POST", ":add-protection", "DELETE"]);
  });

  test("has nothing to change in a second preview", async () => {
    const last = await cloud.run().create(Instance, safe);
    const found = await cloud.run().found(Instance, last);
    expect(await cloud.run().diff(Instance, found, safe)).toMatchObject({ changes: [], drifted: false });
  });

  test("gets and loses its protection in place", async () => {
    const last = await cloud.run().create(Instance, unsafe);
    const held = await cloud.run().update(Instance, last, safe);
    expect(await deleteThroughApi()).toBe(403);
    expect((await cloud.run().diff(Instance, held, unsafe)).changes).toEqual(["deletionProtection"]);
    await cloud.run().update(Instance, held, unsafe);
    expect(await deleteThroughApi()).toBe(200);
  });

  test("keeps its protection without a request when something else is updated", async () => {
    const last = await cloud.run().create(Instance, safe);
    await cloud.run().update(Instance, last, { ...safe, labels: { tier: "web" } });
    expect(cloud.actions().filter((action) => action.includes("protection"))).toEqual([":add-protection"]);
  });

  test("is not deleted, without any request, and the error says how to delete it", async () => {
    const last = await cloud.run().create(Instance, safe);
    const soFar = cloud.changes();
    await expect(cloud.run().delete(Instance, last)).rejects.toThrow(
      `Instance "web" (${last.id}) is protected against deletion: deletionProtection is true. To delete it, set ` +
        'deletionProtection: false, run "pulumi up", then delete it or run "pulumi destroy".',
    );
    expect(cloud.changes()).toEqual(soFar);
  });

  test("is deleted after the program has removed its protection", async () => {
    const last = await cloud.run().create(Instance, safe);
    await cloud.run().delete(Instance, await cloud.run().update(Instance, last, unsafe));
    expect(cloud.emulator.cloud.instances()).toEqual([]);
  });

  test("counts as deleted after somebody has deleted it manually", async () => {
    const last = await cloud.run().create(Instance, safe);
    await cloud.emulator.cloud.destroyInstance(last.state.instanceId);
    await expect(cloud.run().delete(Instance, last)).resolves.toBeUndefined();
  });
});

test("A state of a version without protections shows no change", async () => {
  const { deletionProtection: _, ...before } = safe;
  const last = await cloud.run().create(Instance, before);
  expect(last.state).not.toHaveProperty("deletionProtection");
  expect((await cloud.run().diff(Instance, last, unsafe)).changes).toEqual([]);
  expect((await cloud.run().found(Instance, last)).state).not.toHaveProperty("deletionProtection");
});

test("A protection that somebody else set makes the deletion an error that says what to do", async () => {
  const last = await cloud.run().create(Instance, machine);
  await new Client(cloud.emulator).settle("PUT", `/instance/${last.state.instanceId}:add-protection`);
  await expect(cloud.run().delete(Instance, last)).rejects.toThrow(
    /is protected against deletion, though the state says that it is not: .*manual instance protection.*--protection=false/,
  );
  expect(cloud.instance()).toMatchObject({ state: "running" });
});

test("Another refusal of a deletion is shown in the server's words", async () => {
  const last = await cloud.run().create(Instance, machine);
  const body = { message: "Forbidden by role policy for compute" };
  cloud.emulator.faults.add({ kind: "status", status: 403, body, method: "DELETE", path: /^\/instance\// });
  await expect(cloud.run().delete(Instance, last)).rejects.toThrow(/403.*role policy.*IAM role/);
});

describe("A replacement of a protected instance is refused at preview", () => {
  test.each([
    ["zone", { zone: "de-fra-1" }],
    ["template", { template: "Linux Debian 12" }],
  ])("when its %s changes, even together with the protection", async (property, change) => {
    const last = await cloud.run().create(Instance, safe);
    const refusal = expect.stringMatching(
      new RegExp(`^${property}: Instance "web" would be replaced, and it is protec`),
    );
    expect(await cloud.run().failures(Instance, { ...safe, ...change }, last)).toEqual([refusal]);
    expect(await cloud.run().failures(Instance, { ...unsafe, ...change }, last)).toEqual([refusal]);
  });

  test("when it has an older build of a template, and the newest is now given by its id", async () => {
    const { id, state } = await cloud.run().create(Instance, safe);
    const last = { id, state: { ...state, templateId: "01234567-89ab-cdef-0123-456789abcdef" } };
    const diff = cloud.run().diff(Instance, last, { ...safe, template: state.templateId });
    await expect(diff).rejects.toThrow('Instance "web" would be replaced, and it is protected against deletion.');
  });

  test("but not when its template is now given by the id of its own build, and there is a newer one", async () => {
    // As if the newest build of Debian 13 were newer than the instance.
    const { id, state } = await cloud.run().create(Instance, { ...safe, template: "Linux Debian 12" });
    const last = { id, state: { ...state, template: "Linux Debian 13" } };
    const pinned = { ...safe, template: state.templateId };
    expect(await cloud.run().failures(Instance, pinned, last)).toEqual([]);
    expect((await cloud.run().diff(Instance, last, pinned)).replaces).toEqual([]);
  });

  test("but not after the protection was removed", async () => {
    const last = await cloud.run().create(Instance, safe);
    const held = await cloud.run().update(Instance, last, unsafe);
    expect(await cloud.run().failures(Instance, { ...unsafe, template: "Linux Debian 12" }, held)).toEqual([]);
  });

  test("but not for an unknown value, which may turn out to be the old one", async () => {
    const last = await cloud.run().create(Instance, safe);
    const news = { ...safe, template: UNKNOWN, antiAffinityGroups: UNKNOWN };
    expect(await cloud.run().failures(Instance, news, last)).toEqual([]);
  });

  test("but not for an instance whose creation failed, which was never protected", async () => {
    cloud.emulator.faults.add({ kind: "operation-failure", method: "POST", path: "/instance" });
    const last = await cloud.run().createInPart(Instance, safe);
    expect(last.state.deletionProtection).toBe(false);
    expect(await cloud.run().failures(Instance, { ...safe, template: "Linux Debian 12" }, last)).toEqual([]);
    await cloud.run().delete(Instance, last);
    expect(cloud.emulator.cloud.instances()).toEqual([]);
  });
});

describe("A protection that fails", () => {
  test("leaves the instance in the state as unprotected, and the next update protects it", async () => {
    cloud.emulator.faults.add({ kind: "operation-failure", message: "Try later", path: /:add-protection$/ });
    const last = await cloud.run().createInPart(Instance, safe);
    expect(last.message).toMatch(/was made, but: Could not protect instance .*Try later/);
    expect(last.state).toMatchObject({ deletionProtection: false, unfinished: true });
    const { state } = await cloud.run().update(Instance, last, safe);
    expect(state).toMatchObject({ deletionProtection: true });
    expect(await deleteThroughApi()).toBe(403);
  });

  test("is remembered when only the step after it fails", async () => {
    const read = { method: "GET", path: /^\/instance\/[0-9a-f-]+$/ } as const;
    cloud.emulator.faults.add({ kind: "status", status: 403, ...read });
    const last = await cloud.run().createInPart(Instance, safe);
    expect(last.state).toMatchObject({ deletionProtection: true, unfinished: true });
    await cloud.run().delete(Instance, await cloud.run().update(Instance, last, unsafe));
    expect(cloud.emulator.cloud.instances()).toEqual([]);
  });
});

test("An instance that a killed run left protected loses its protection if the program declares none", async () => {
  await cloud.run().create(Instance, safe);
  const held = await cloud.run().create(Instance, unsafe);
  expect(held.state).toMatchObject({ instanceId: cloud.instance()["id"], deletionProtection: false });
  await cloud.run().delete(Instance, held);
  expect(cloud.emulator.cloud.instances()).toEqual([]);
});

test("An instance that a killed run left gets no request for a protection that the program does not declare", async () => {
  const { deletionProtection: _, ...silent } = safe;
  await cloud.run().create(Instance, silent);
  cloud.emulator.faults.add({ kind: "status", status: 403, method: "PUT", path: /:remove-protection$/ });
  const held = await cloud.run().create(Instance, silent);
  expect(held.state).not.toHaveProperty("deletionProtection");
  expect(cloud.actions()).not.toContain(":remove-protection");
});

describe("If Exoscale refuses to stop a protected instance,", () => {
  beforeEach(() => cloud.emulator.cloud.set({ protectedStop: "refused" }));

  test("another type is an error that says what to do, and the instance keeps running", async () => {
    const last = await cloud.run().create(Instance, safe);
    const update = cloud.run().update(Instance, last, { ...safe, type: "standard.small" });
    await expect(update).rejects.toThrow(/stop-instance.*manual instance protection.*deletionProtection: false/);
    expect(cloud.instance()).toMatchObject({ state: "running" });
  });

  test("another type can be set together with a change of the protection", async () => {
    const last = await cloud.run().create(Instance, unsafe);
    const held = await cloud.run().update(Instance, last, { ...safe, type: "standard.small" });
    const { state } = await cloud.run().update(Instance, held, { ...unsafe, type: "standard.medium" });
    expect(state).toMatchObject({ type: "standard.medium", state: "running", deletionProtection: false });
  });
});
