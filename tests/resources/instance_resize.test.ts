import { resources } from "../../provider/resources";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const larger = { ...machine, type: "standard.small", diskSize: 20 };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const refuse = (path: RegExp, status = 409, message = "No capacity") =>
  cloud.emulator.faults.add({
    kind: "status",
    status,
    headers: { "retry-after": "60" },
    body: { message },
    method: "PUT",
    path,
  });

describe("A failure between stop and start", () => {
  test.each([
    [":scale", [":scale", ":resize-disk", ":start"]],
    [":resize-disk", [":resize-disk", ":start"]],
    [":start", [":start"]],
  ])("at %s says that the instance is stopped, and the next update does the rest only", async (action, rest) => {
    const last = await cloud.run().create(Instance, machine);
    refuse(new RegExp(`${action}$`));
    await expect(cloud.run().update(Instance, last, larger)).rejects.toThrow(
      /^Instance "web" is stopped, and should run: Could not .*No capacity.* Run "pulumi up" again: it continues from there\. .*If you revert the change, run "pulumi refresh" first\.$/,
    );
    const soFar = cloud.actions().length;
    const { state } = await cloud.run().update(Instance, last, larger);
    expect(cloud.actions().slice(soFar)).toEqual(rest);
    expect(state).toMatchObject({ type: "standard.small", diskSize: 20, state: "running" });
  });

  test("shows as drift at a refresh, and the next update still does the rest", async () => {
    const last = await cloud.run().create(Instance, machine);
    refuse(/:resize-disk$/);
    await expect(cloud.run().update(Instance, last, larger)).rejects.toThrow("is stopped, and should run");
    const found = await cloud.run().found(Instance, last);
    expect(found.inputs).toMatchObject({ type: "standard.small", diskSize: 10, state: "stopped" });
    expect((await cloud.run().diff(Instance, found, larger)).changes).toEqual(["diskSize", "state"]);
    const { state } = await cloud.run().update(Instance, found, larger);
    expect(state).toMatchObject({ diskSize: 20, state: "running" });
  });

  test("does not mention a start if the program declares the instance stopped", async () => {
    const last = await cloud.run().create(Instance, { ...machine, state: "stopped" });
    refuse(/:scale$/);
    const update = cloud.run().update(Instance, last, { ...larger, state: "stopped" });
    await expect(update).rejects.toThrow(/^Could not change the type of instance/);
  });
});

describe("A line that stays says that an update", () => {
  test("stops a running instance to change its type", async () => {
    const last = await cloud.run().create(Instance, machine);
    const run = cloud.run();
    await run.update(Instance, last, larger);
    expect(run.notes).toEqual(['Instance "web" is stopped to change its type or disk, and started again.']);
  });

  test("starts an instance that somebody stopped, also if it is about something else", async () => {
    const last = await cloud.run().create(Instance, machine);
    await cloud.emulator.cloud.stopInstance(last.state.instanceId);
    const run = cloud.run();
    const { state } = await run.update(Instance, last, { ...machine, labels: { tier: "web" } });
    expect(state.state).toBe("running");
    expect(run.notes).toEqual(['Instance "web" was stopped, and is started: the program declares it running.']);
  });

  test("neither stops nor starts an instance whose power stays as it is", async () => {
    const last = await cloud.run().create(Instance, machine);
    const run = cloud.run();
    await run.update(Instance, last, { ...machine, labels: { tier: "web" } });
    expect(run.notes).toEqual([]);
  });
});

test("A stop that is refused leaves the instance running, and the error says nothing else", async () => {
  const last = await cloud.run().create(Instance, machine);
  refuse(/:stop$/);
  await expect(cloud.run().update(Instance, last, larger)).rejects.toThrow(/^Could not stop instance/);
  expect(cloud.instance()).toMatchObject({ state: "running", "disk-size": 10 });
});

test("A larger type and disk for a stopped instance leave it stopped", async () => {
  const news = { ...machine, state: "stopped" };
  const last = await cloud.run().create(Instance, news);
  const { state } = await cloud.run().update(Instance, last, { ...larger, state: "stopped" });
  expect(cloud.actions().slice(1)).toEqual([":scale", ":resize-disk"]);
  expect(state).toMatchObject({ type: "standard.small", diskSize: 20, state: "stopped" });
});

test("A smaller type of the family is set in place", async () => {
  const last = await cloud.run().create(Instance, larger);
  const { state } = await cloud.run().update(Instance, last, { ...larger, type: "standard.micro" });
  expect(state).toMatchObject({ type: "standard.micro", state: "running" });
});

describe("A type of a kindred family", () => {
  const others = ["cpu.medium", "memory.medium"];

  test.each(others)("%s is set in place if Exoscale accepts it", async (type) => {
    const last = await cloud.run().create(Instance, machine);
    const { state } = await cloud.run().update(Instance, last, { ...machine, type });
    expect(state).toMatchObject({ type, state: "running" });
  });

  test.each(others)("%s leaves the instance running as it was if Exoscale refuses it", async (type) => {
    cloud.emulator.cloud.set({ familyChange: "refused" });
    const last = await cloud.run().create(Instance, machine);
    await expect(cloud.run().update(Instance, last, { ...machine, type })).rejects.toThrow(
      /"web" from standard\.tiny to .*within the family standard.*runs again as standard\.tiny\. Choose a type of standard/,
    );
    const { inputs } = await cloud.run().found(Instance, last);
    expect(inputs).toMatchObject({ type: "standard.tiny", state: "running" });
    expect(await cloud.run().failures(Instance, machine, last)).toEqual([]);
  });

  test.each([400, 422])("is named as the reason if Exoscale answers %s", async (status) => {
    const last = await cloud.run().create(Instance, machine);
    refuse(/:scale$/, status, "Not this type");
    await expect(cloud.run().update(Instance, last, { ...machine, type: "cpu.medium" })).rejects.toThrow(
      /^Exoscale does not change the type .*Not this type.*runs again as standard\.tiny/,
    );
  });

  test.each([401, 403, 404, 409, 412, 429])("is not blamed if Exoscale answers %s", async (status) => {
    const last = await cloud.run().create(Instance, machine);
    refuse(/:scale$/, status, "For another reason");
    const update = { ...machine, type: "cpu.medium", timeouts: { update: 30 } };
    await expect(cloud.run().update(Instance, last, update)).rejects.toThrow(
      new RegExp(
        `^Could not change the type .* ${status} .*For another reason.* It was stopped for that, and runs again`,
      ),
    );
    expect(cloud.instance()).toMatchObject({ state: "running" });
  });

  test("that is refused to a stopped instance leaves it stopped", async () => {
    cloud.emulator.cloud.set({ familyChange: "refused" });
    const stopped = { ...machine, state: "stopped" };
    const last = await cloud.run().create(Instance, stopped);
    const update = cloud.run().update(Instance, last, { ...stopped, type: "cpu.medium" });
    await expect(update).rejects.toThrow(/It stays as standard\.tiny/);
    expect(cloud.actions()).not.toContain(":start");
  });
});

describe("A size is refused at preview, and nothing is stopped for it:", () => {
  test.each([
    ["a type that the account may not use", {}, { type: "gpu2.small" }, /^type: .*to that family/],
    ["a type that does not exist", {}, { type: "standard.enormous" }, /^type: There is no instance type/],
    ["a smaller disk", { diskSize: 20 }, { diskSize: 10 }, /^diskSize: .*can only grow/],
    ["a disk beyond 51,200 GiB", {}, { diskSize: 51_201 }, /^diskSize: .*at most 51,200 GiB/],
  ])("%s", async (_what, before, after, refusal) => {
    const last = await cloud.run().create(Instance, { ...machine, ...before });
    const failures = await cloud.run().failures(Instance, { ...machine, ...before, ...after }, last);
    expect(failures).toEqual([expect.stringMatching(refusal)]);
    expect(cloud.actions()).toEqual(["POST"]);
  });

  test("for a new instance, a type that the account may not use", async () => {
    expect(await cloud.run().failures(Instance, { ...machine, type: "gpu2.small" })).toEqual([
      'type: This account may not use instance type "gpu2.small". Ask Exoscale\'s support to enable it.',
    ]);
  });

  test("for a replacement, a disk that the same template does not fit on", async () => {
    const golden = { ...machine, template: "golden-image", diskSize: 20, replaceOnKeyChange: true };
    const last = await cloud.run().create(Instance, golden);
    const news = { ...golden, diskSize: 10, sshKeys: [{ name: "alice", publicKeyOpenssh: undefined }] };
    cloud.emulator.cloud.swapKey(
      "alice",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
    );
    expect(await cloud.run().failures(Instance, news, last)).toEqual([
      'diskSize: The disk has 10 GiB, but template "golden-image" needs 20. Give at least 20.',
    ]);
  });
});
