import { PartialCreateError } from "../../provider/errors";
import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { identity, unnamedMachine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const machine = { ...unnamedMachine, identity };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

describe("A creation whose operation fails", () => {
  beforeEach(() => {
    const failure = { kind: "operation-failure", reason: "unavailable", message: "No capacity" } as const;
    cloud.emulator.faults.add({ ...failure, method: "POST", path: "/instance" });
  });

  test("leaves the instance in the state, with the server's words", async () => {
    const { id, state, message } = await cloud.run().createInPart(Instance, machine);
    expect(id).toBe(`ch-gva-2/${cloud.instance()["id"]}`);
    expect(state).toMatchObject({ state: "error", unfinished: true, instanceId: cloud.instance()["id"] });
    expect(message).toMatch(/was made, but: .*unavailable: No capacity/);
  });

  test("is replaced by the next update", async () => {
    const last = await cloud.run().createInPart(Instance, machine);
    expect(await cloud.run().diff(Instance, last, machine)).toMatchObject({ replaces: ["state"], drifted: true });
  });

  test("may get inputs that cannot change in place, because a new instance is made", async () => {
    const last = await cloud.run().createInPart(Instance, machine);
    const news = { ...machine, type: "cpu.medium" };
    expect(await cloud.run().failures(Instance, news, last)).toEqual([]);
    expect(await cloud.run().diff(Instance, last, news)).toMatchObject({ replaces: ["state"] });
  });

  test("is not adopted by its replacement", async () => {
    const last = await cloud.run().createInPart(Instance, machine);
    const run = cloud.run();
    const next = await run.create(Instance, machine);
    await run.delete(Instance, last);
    expect(cloud.instance()).toMatchObject({ id: next.state.instanceId, state: "running" });
  });
});

test("An instance that fails long after its creation is started again, never replaced", async () => {
  const last = await cloud.run().create(Instance, machine);
  const { instanceId } = last.state;
  await cloud.emulator.cloud.stopInstance(instanceId);
  cloud.emulator.faults.add({ kind: "operation-failure", method: "PUT", path: `/instance/${instanceId}:start` });
  await expect(cloud.run().update(Instance, last, machine)).rejects.toThrow("failure");
  const found = await cloud.run().found(Instance, last);
  expect(found.state).toMatchObject({ state: "error" });
  expect(await cloud.run().diff(Instance, found, machine)).toMatchObject({ replaces: [], drifted: true });
});

test("A failure of the last step leaves the instance in the state, and the update finishes it", async () => {
  const declared = { ...machine, deletionProtection: true };
  const body = { message: "Not allowed" };
  cloud.emulator.faults.add({ kind: "status", status: 403, body, method: "PUT", path: /:add-protection$/ });
  const last = await cloud.run().createInPart(Instance, declared);
  expect(last.state).toMatchObject({ state: "running", unfinished: true });
  expect(await cloud.run().diff(Instance, last, declared)).toMatchObject({ replaces: [], drifted: true });
  const { state } = await cloud.run().update(Instance, last, declared);
  expect(state).not.toHaveProperty("unfinished");
  expect(Object.keys(cloud.instance()["labels"] as object)).toEqual(["exoscale-ssh.owner", "exoscale-ssh.resource"]);
});

test("An instance is known by its id even while the API tells nothing about it", async () => {
  // The list before the creation is answered.
  cloud.emulator.faults.add({ kind: "delay", ms: 0, method: "GET", path: "/instance" });
  cloud.emulator.faults.add({
    kind: "status",
    status: 403,
    method: "GET",
    path: /^\/instance($|\/[0-9a-f-]+$)/,
    times: 3,
  });
  const last = await cloud.run().createInPart(Instance, machine);
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

test("A request that Exoscale carries out after all, once it was sent again, makes an instance that is named", async () => {
  const orders: string[] = [];
  let late: ReturnType<Client["send"]> | undefined;
  cloud = await startCloud({
    operationMs: 500,
    exchange({ request, sent }) {
      if (request.method !== "POST" || request.path !== "/v2/instance" || orders.push(sent) !== 2) return;
      late = new Client(cloud.emulator).send("POST", "/instance", JSON.parse(orders[0] ?? ""));
    },
  });
  cloud.emulator.faults.add({ kind: "status", status: 504, method: "POST", path: "/instance" });
  const run = cloud.run();
  await run.create(Instance, machine);
  const second = (await late)?.body.reference?.id;
  expect(run.warnings).toEqual([
    expect.stringMatching(`made twice.*exo compute instance delete --zone ch-gva-2 ${second}$`),
  ]);
});

test("A creation that nobody waits for keeps its mark, and the next run takes over the instance", async () => {
  const alone = Object.assign(cloud.run(), { abandoned: async () => true });
  await expect(alone.create(Instance, machine)).rejects.toThrow("Pulumi ended while instance");
  expect(cloud.instance()["labels"]).toHaveProperty(["exoscale-ssh.creating"]);
  const { state } = await cloud.run().create(Instance, machine);
  expect(cloud.instance()).toMatchObject({ id: state.instanceId, labels: { "exoscale-ssh.owner": state.owner } });
});
