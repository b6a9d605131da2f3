/** What a creation or an update leaves when it fails halfway, and how the next one continues. */
import type { Fault } from "../../emulator";
import { ExoscaleSshError, PartialCreateError } from "../../provider/errors";
import { resources } from "../../provider/resources";
import { alice } from "./known_keys";
import { machine as base, identity } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup } = resources;
const machine = { ...base, identity };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const refusal = { kind: "status", status: 403, body: { message: "Not now" } } as const;
const failure = { kind: "operation-failure", message: "Not now" } as const;
const instancePath = /^\/instance\/[0-9a-f-]+$/;

describe("A creation leaves the instance in the state, and the next update finishes that instance, when", () => {
  test.each<[what: string, fault: Fault]>([
    ["the wait for it is refused", { ...refusal, method: "GET", path: /^\/operation\// }],
    ["it cannot be read after its start", { ...refusal, method: "GET", path: instancePath, times: 2 }],
    ["its protection is refused", { ...refusal, path: /:add-protection$/ }],
    ["its protection fails", { ...failure, path: /:add-protection$/ }],
  ])("%s", async (_what, fault) => {
    cloud.emulator.cloud.swapKey("alice", alice.line);
    const news = { ...machine, sshKeys: [{ name: "alice" }], deletionProtection: true };
    cloud.emulator.faults.add(fault);
    const last = await cloud.run().createInPart(Instance, news);
    expect(last.id).toBe(`ch-gva-2/${cloud.instance()["id"]}`);
    expect(last.state.heldKeys).toMatchObject([{ name: "alice", fingerprintMd5: alice.md5 }]);
    expect(await cloud.run().failures(Instance, news, last)).toEqual([]);
    expect(await cloud.run().diff(Instance, last, news)).toMatchObject({ replaces: [], drifted: true });
    const { state } = await cloud.run().update(Instance, last, news);
    expect(state).toMatchObject({ state: "running", deletionProtection: true, instanceId: cloud.instance()["id"] });
    expect(state).not.toHaveProperty("unfinished");
  });
});

test("The update after a creation that failed after its protection does not protect again", async () => {
  const news = { ...machine, deletionProtection: true };
  cloud.emulator.faults.add({ ...refusal, method: "GET", path: instancePath });
  const last = await cloud.run().createInPart(Instance, news);
  await cloud.run().update(Instance, last, news);
  expect(cloud.actions()).toEqual(["POST", ":add-protection", "PUT"]);
});

describe("An update that fails halfway", () => {
  const news = { ...machine, name: "shop", diskSize: 20, labels: { tier: "web" }, securityGroups: ["ssh"] };

  async function updateWithFault(fault: Fault) {
    await cloud.run().create(SecurityGroup, { name: "ssh" });
    const last = await cloud.run().create(Instance, { ...machine, securityGroups: ["default"] });
    cloud.emulator.faults.add(fault);
    const error = await cloud
      .run()
      .update(Instance, last, news)
      .catch((thrown: unknown) => thrown);
    return { last, error };
  }

  test("throws a plain error, so that the old state stays unchanged", async () => {
    const { error } = await updateWithFault({ ...failure, path: /:resize-disk$/ });
    expect(error).toBeInstanceOf(ExoscaleSshError);
    expect(error).not.toBeInstanceOf(PartialCreateError);
  });

  test("shows at a refresh what was done and what was not", async () => {
    const { last } = await updateWithFault({ ...failure, path: /:resize-disk$/ });
    const { inputs } = await cloud.run().found(Instance, last);
    expect(inputs).toMatchObject({ name: "shop", labels: { tier: "web" }, diskSize: 10, state: "stopped" });
  });

  test.each<[at: string, rest: string[]]>([
    [":attach", [":attach", ":detach", ":stop", ":resize-disk", ":start"]],
    [":detach", [":detach", ":stop", ":resize-disk", ":start"]],
    [":stop", [":stop", ":resize-disk", ":start"]],
    [":resize-disk", [":resize-disk", ":start"]],
    [":start", [":start"]],
  ])("at %s is finished by the next one, which repeats nothing", async (at, rest) => {
    const { last } = await updateWithFault({ ...refusal, method: "PUT", path: new RegExp(`${at}$`) });
    const soFar = cloud.actions().length;
    const { state } = await cloud.run().update(Instance, last, news);
    expect(cloud.actions().slice(soFar)).toEqual(rest);
    expect(state).toMatchObject({ name: "shop", diskSize: 20, state: "running" });
    expect(cloud.emulator.cloud.instances()).toHaveLength(1);
  });

  test("because its result was not saved leaves nothing to do to the next one", async () => {
    await cloud.run().create(SecurityGroup, { name: "ssh" });
    const last = await cloud.run().create(Instance, { ...machine, securityGroups: ["default"] });
    await cloud.run().update(Instance, last, news);
    const soFar = cloud.changes();
    const { state } = await cloud.run().update(Instance, last, news);
    expect(cloud.changes()).toEqual(soFar);
    expect(state).toMatchObject({ name: "shop", diskSize: 20, state: "running" });
  });
});
