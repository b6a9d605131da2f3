import { allowSsh, Instance, type InstanceArgs, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";
import { logIn } from "./login";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ zones: ["ch-gva-2", "at-vie-1"] });

const web =
  (change: Partial<InstanceArgs> = {}) =>
  async () => {
    const alice = new SshKeyPair("alice");
    const ssh = new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") });
    const instance = new Instance("web", {
      zone: "ch-gva-2",
      type: "standard.tiny",
      template: "Linux Debian 13",
      diskSize: 10,
      sshKeys: [alice],
      securityGroups: [ssh],
      userData: "#cloud-config\n# the door code is 4711\n",
      labels: { team: "shop" },
      waitForSsh: true,
      ...change,
    });
    const { id, name, state, sshCommand, knownHosts } = instance;
    return { id, name, state, sshCommand, knownHosts, privateKey: alice.privateKeyOpenssh };
  };

const inCloud = () => emulator.cloud.instances("ch-gva-2")[0];

describe("an instance, from the first up to destroy", () => {
  let first: Record<string, unknown>;

  test("lets its owner in with the key from the stack's outputs", async () => {
    stack.expectHidden("#cloud-config\n# the door code is 4711\n");
    first = await stack.up(web());
    const { privateKey, sshCommand, knownHosts } = first;
    expect(await logIn({ privateKey, sshCommand, knownHosts }, "id -un")).toBe("debian");
  });

  test("has nothing to change in a second preview", async () => {
    expect(await stack.preview(web())).toEqual({ same: 4 });
  });

  test("is updated in place with another name, labels and user data", async () => {
    stack.expectHidden("#cloud-config\n# the door code is 0815\n");
    const change = { name: "shop-web", labels: { team: "ops" }, userData: "#cloud-config\n# the door code is 0815\n" };
    expect(await stack.up(web(change))).toMatchObject({ id: first["id"], name: "shop-web" });
    expect(inCloud()).toMatchObject({ name: "shop-web", labels: { team: "ops" } });
  });

  test("shows at refresh that it was renamed and stopped, and the next up reverts that", async () => {
    const instanceId = stack.instanceId("web");
    emulator.cloud.renameInstance(instanceId, "somebody-was-here");
    await emulator.cloud.stopInstance(instanceId);
    await stack.refresh();
    expect(stack.state()["web"]?.outputs).toMatchObject({ name: "somebody-was-here", state: "stopped" });
    expect(await stack.up(web({ name: "shop-web" }))).toMatchObject({
      id: first["id"],
      name: "shop-web",
      state: "running",
    });
  });

  test("is stopped, resized and started again without a replacement", async () => {
    await stack.up(web({ name: "shop-web", diskSize: 20, type: "standard.small", state: "stopped" }));
    expect(inCloud()).toMatchObject({ state: "stopped", "disk-size": 20 });
    expect(await stack.up(web({ name: "shop-web", diskSize: 20, type: "standard.small" }))).toMatchObject({
      id: first["id"],
      state: "running",
    });
  });

  test("is created again after somebody destroyed it", async () => {
    const instanceId = stack.instanceId("web");
    await emulator.cloud.destroyInstance(instanceId);
    await stack.refresh();
    const second = await stack.up(web());
    expect(second["id"]).not.toBe(first["id"]);
    first = second;
  });

  test("is replaced manually, and the new one stays", async () => {
    const urn = stack.state()["web"]?.urn ?? "";
    const third = await stack.up(web(), { replace: [urn] });
    expect(emulator.cloud.instances().map(({ id }) => `ch-gva-2/${id}`)).toEqual([third["id"]]);
    expect(third["id"]).not.toBe(first["id"]);
  });

  test("moves to another zone as a new instance", async () => {
    const moved = await stack.up(web({ zone: "at-vie-1" }));
    expect(moved["id"]).toMatch(/^at-vie-1\//);
    expect(emulator.cloud.instances("ch-gva-2")).toEqual([]);
  });

  test("leaves nothing in the account after destroy", async () => {
    await stack.destroy();
    expect([emulator.cloud.instances(), emulator.cloud.keys]).toEqual([[], []]);
  });
});
