import { allowSsh, SecurityGroup, type SecurityGroupArgs } from "pulumi-exoscale-ssh";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ guests: "none" });

const ssh = (args: SecurityGroupArgs) => async () => {
  const group = new SecurityGroup("ssh", { description: "logins", ...args });
  return { id: group.id, name: group.name, rules: group.rules };
};

describe("a security group, from the first up to destroy", () => {
  const office = allowSsh("192.0.2.0/24");
  const world = allowSsh("0.0.0.0/0", "::/0");
  let first: Record<string, unknown>;

  test("is created with its rules, and a second preview has nothing to change", async () => {
    first = await stack.up(ssh({ rules: office }));
    expect(first["name"]).toMatch(/^ssh-[0-9a-f]{7}$/);
    expect(await stack.preview(ssh({ rules: office }))).toEqual({ same: 2 });
  });

  test("is updated in place with other rules", async () => {
    expect(await stack.up(ssh({ rules: world }))).toMatchObject({ id: first["id"], rules: world });
  });

  test("shows a rule that somebody added at refresh, and the next up removes it", async () => {
    emulator.cloud.openSsh(String(first["name"]));
    await stack.refresh();
    expect(stack.state()["ssh"]?.outputs["rules"]).toHaveLength(3);
    await stack.up(ssh({ rules: world }));
    expect(await stack.preview(ssh({ rules: world }))).toEqual({ same: 2 });
  });

  test("is replaced for another description, and the new group is created first", async () => {
    const before = emulator.requests.length;
    const second = await stack.up(ssh({ rules: office, description: "logins from the office" }));
    expect(second["name"]).not.toBe(first["name"]);
    const groups = emulator.requests.slice(before).filter(({ path }) => /security-group(\/[^/]+)?$/.test(path));
    expect(groups.map(({ method }) => method).filter((method) => method !== "GET")).toEqual(["POST", "DELETE"]);
  });

  test("leaves no group behind", async () => {
    await stack.destroy();
    expect(stack.state()).toEqual({});
  });
});
