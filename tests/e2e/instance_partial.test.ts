import { Instance, type InstanceArgs } from "pulumi-exoscale-ssh";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

// The instance is protected, and a resize must stop it. If the protection forbids a stop, the update does not begin.
const settings = { protectedStop: "accepted" } as const;
const { emulator, stack } = useStack({ guests: "none", settings });

const web =
  (change: Partial<InstanceArgs> = {}) =>
  async () => {
    const { id, state } = new Instance("web", { ...machine, deletionProtection: true, ...change });
    return { id, state };
  };

const said = async (command: Promise<unknown>) => (await stack.failure(command)).replace(/\s+/g, " ");
const inCloud = () => emulator.cloud.instances();

describe("an instance whose create fails half-way", () => {
  test("is in the state, with the reason in the output", async () => {
    emulator.faults.add({ kind: "operation-failure", message: "Try later", path: /:add-protection$/ });
    expect(await said(stack.up(web()))).toMatch(
      /was made, but: Could not protect instance .*Try later.*CREATED_IN_PART/,
    );
    expect(stack.instanceId("web")).toBe(inCloud()[0]?.["id"]);
    expect(stack.state()["web"]?.outputs).toMatchObject({ state: "running", deletionProtection: false });
  });

  test("is completed by the next up, which creates no second one", async () => {
    const instanceId = stack.instanceId("web");
    expect(await stack.up(web())).toMatchObject({ id: `ch-gva-2/${instanceId}`, state: "running" });
    expect(inCloud().map(({ id }) => id)).toEqual([instanceId]);
    expect(stack.state()["web"]?.outputs).toMatchObject({ deletionProtection: true });
  });

  test("has nothing to change after that", async () => {
    expect(await stack.preview(web())).toEqual({ same: 2 });
  });
});

describe("an update that fails between stop and start", () => {
  const larger = { name: "shop", type: "standard.small", diskSize: 20 };

  test("reports that the instance is stopped, and the state has it so", async () => {
    emulator.faults.add({ kind: "operation-failure", message: "No capacity", path: /:resize-disk$/ });
    expect(await said(stack.up(web(larger)))).toMatch(
      /Instance "shop" is stopped, and should run: .*No capacity.* Run "pulumi up" again.*INSTANCE_LEFT_STOPPED/,
    );
    expect(stack.state()["web"]?.outputs).toMatchObject({ name: "shop", diskSize: 10, state: "stopped" });
    expect(inCloud()).toMatchObject([{ name: "shop", state: "stopped", "disk-size": 10 }]);
  });

  test("is shown by a refresh as it is", async () => {
    await stack.refresh();
    const { outputs } = stack.state()["web"] ?? {};
    expect(outputs).toMatchObject({ name: "shop", type: "standard.small", diskSize: 10, state: "stopped" });
  });

  test("is completed by the next up on the same machine", async () => {
    const before = emulator.requests.length;
    const instanceId = stack.instanceId("web");
    expect(await stack.up(web(larger))).toMatchObject({ id: `ch-gva-2/${instanceId}`, state: "running" });
    const changes = emulator.requests.slice(before).filter(({ method }) => method !== "GET");
    expect(changes.map(({ path }) => path.split(":")[1])).toEqual(["resize-disk", "start"]);
    expect(inCloud()).toMatchObject([{ id: instanceId, "disk-size": 20, state: "running" }]);
  });
});

test("nothing is left after the protection and the stack are gone", async () => {
  await stack.up(web({ name: "shop", type: "standard.small", diskSize: 20, deletionProtection: false }));
  await stack.destroy();
  expect(inCloud()).toEqual([]);
});
