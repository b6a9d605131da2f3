import { Instance, type InstanceArgs } from "pulumi-exoscale-ssh";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ guests: "none" });

const web =
  (change: Partial<InstanceArgs> = {}) =>
  async () => {
    const { id, deletionProtection } = new Instance("web", { ...machine, deletionProtection: true, ...change });
    return { id, deletionProtection };
  };

const said = async (command: Promise<unknown>) => (await stack.failure(command)).replace(/\s+/g, " ");

describe("an instance with deletionProtection", () => {
  test("is created with protection, and a second preview has nothing to change", async () => {
    expect(await stack.up(web())).toMatchObject({ deletionProtection: true });
    expect(await stack.preview(web())).toEqual({ same: 2 });
  });

  test("survives pulumi destroy, which explains how to delete it", async () => {
    expect(await said(stack.destroy())).toMatch(
      /is protected against deletion: deletionProtection is true\..*set deletionProtection: false, run "pulumi up".*INSTANCE_PROTECTED/,
    );
    expect(emulator.cloud.instances()).toHaveLength(1);
    expect(stack.state()["web"]?.outputs).toMatchObject({ deletionProtection: true });
  });

  test("is refused a replacement at preview, so no second one is created", async () => {
    const before = emulator.requests.length;
    expect(await said(stack.preview(web({ template: "Linux Debian 12" })))).toMatch(
      /property template value .* would be replaced, and it is protected against deletion/,
    );
    expect(emulator.requests.slice(before).filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("loses the protection in place, and is then destroyed", async () => {
    const { id } = await stack.up(web({ deletionProtection: false }));
    expect(emulator.cloud.instances().map((instance) => `ch-gva-2/${instance["id"]}`)).toEqual([id]);
    await stack.destroy();
    expect(emulator.cloud.instances()).toEqual([]);
  });
});
