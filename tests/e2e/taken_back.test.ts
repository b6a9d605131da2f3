import { allowSsh, Instance, type InstanceArgs, SecurityGroup, type SecurityGroupArgs } from "pulumi-exoscale-ssh";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

/** Updates that fail half-way, after which the program is reverted. */

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ guests: "none", perTest: true });

const group = (rules: SecurityGroupArgs["rules"]) => async () => ({ id: new SecurityGroup("ssh", { rules }).id });
/** The rules of the group in the account. */
const networks = async () => {
  await stack.refresh();
  const { rules } = (stack.state()["ssh"]?.outputs ?? {}) as { rules?: { network?: string }[] };
  return rules?.map(({ network }) => network);
};

test("A rule that was added before the update failed is removed again", async () => {
  const [office, world] = [allowSsh("192.0.2.0/24"), allowSsh("0.0.0.0/0")];
  await stack.up(group(office));
  emulator.faults.add({ kind: "status", status: 400, method: "DELETE", path: /\/rules\// });
  await stack.failure(stack.up(group(world)));
  expect(stack.state()["ssh"]?.outputs["rules"]).toHaveLength(2);

  expect(await stack.preview(group(office))).toEqual({ same: 1, update: 1 });
  await stack.up(group(office));
  expect(await networks()).toEqual(["192.0.2.0/24"]);
  expect(await stack.preview(group(office))).toEqual({ same: 2 });
});

const web = (change: Partial<InstanceArgs> = {}) => {
  return async () => ({
    id: new Instance("web", { ...machine, name: "web", userData: "the door code is 4711", ...change }).id,
  });
};
const inCloud = () => emulator.cloud.instances();

test("A machine that was left stopped with a new name runs again with the old name", async () => {
  await stack.up(web());
  emulator.faults.add({ kind: "operation-failure", message: "No capacity", path: /:resize-disk$/ });
  await stack.failure(stack.up(web({ name: "shop", diskSize: 20 })));
  expect(inCloud()).toMatchObject([{ name: "shop", state: "stopped", "disk-size": 10 }]);

  await stack.up(web({ diskSize: 20 }));
  expect(inCloud()).toMatchObject([{ name: "web", state: "running", "disk-size": 20 }]);
  expect(await stack.preview(web({ diskSize: 20 }))).toEqual({ same: 2 });
});

test("An update that is refused before any change leaves the state as it was", async () => {
  await stack.up(web());
  const before = Object.keys(stack.state()["web"]?.outputs ?? {});
  emulator.faults.add({ kind: "status", status: 403, method: "PUT", path: /^\/instance\/[0-9a-f-]+$/ });
  await stack.failure(stack.up(web({ name: "shop" })));
  const { outputs = {}, inputs } = stack.state()["web"] ?? {};
  expect([Object.keys(outputs), inputs?.["name"]]).toEqual([before, "web"]);
  expect(await stack.preview(web())).toEqual({ same: 2 });
});
