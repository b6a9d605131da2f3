import { declare, type Front } from "./fronts";
import { useStack } from "./use_stack";

/** Stacks that move to the other front before an operation is complete, and stacks that move in part. */

jest.setTimeout(180_000);

const { emulator, stack } = useStack({ operationMs: 0, guests: "none", perTest: true });

const keys = () => emulator.cloud.keys.map(({ name }) => name);
const changing = () => emulator.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);

/** The inputs of a pair that differ from the default. */
interface Wanted {
  readonly triggers?: readonly string[];
  readonly name?: string;
}

/** A pair, and a second pair, each declared through its own front. */
const pairs =
  (front: Front, wanted: Wanted = {}, other: Front = front) =>
  async () => {
    const deploy = declare(front, "SshKeyPair", "deploy", { ...wanted, ...(wanted.name && { allowLockout: true }) });
    const spare = declare(other, "SshKeyPair", "spare", {});
    return { deploy: deploy["privateKeyOpenssh"], spare: spare["privateKeyOpenssh"] };
  };

/** Checks that everything is complete: preview and refresh find nothing, and destroy succeeds. */
async function expectWhole(program: () => Promise<object>): Promise<void> {
  await stack.refresh({ expectNoChanges: true });
  expect(Object.keys(await stack.preview(program))).toEqual(["same"]);
  await stack.destroy();
  expect(keys()).toEqual([]);
}

describe.each([
  ["dynamic", "plugin"],
  ["plugin", "dynamic"],
] as const)("From %s to %s", (from, to) => {
  test("one pair moves and the other stays, and neither is registered again", async () => {
    const before = await stack.up(pairs(from));
    const requests = changing().length;
    expect(await stack.up(pairs(to, {}, from))).toEqual(before);
    expect(changing().slice(requests)).toEqual([]);
    await expectWhole(pairs(to, {}, from));
  });

  test("a tainted pair is replaced during the move, and the other one stays", async () => {
    const before = await stack.up(pairs(from));
    await stack.taint("deploy");
    const after = await stack.up(pairs(to));
    expect(after["spare"]).toBe(before["spare"]);
    expect(after["deploy"]).not.toBe(before["deploy"]);
    expect(changing().slice(2)).toEqual(["POST", "DELETE"]);
    await expectWhole(pairs(to));
  });

  test("a pair whose triggers change during the move is replaced once", async () => {
    await stack.up(pairs(from));
    await stack.up(pairs(to, { triggers: ["again"] }));
    expect(changing().slice(2)).toEqual(["POST", "DELETE"]);
    await expectWhole(pairs(to, { triggers: ["again"] }));
  });

  test("the old pair of an incomplete replacement is deleted after the move", async () => {
    await stack.up(pairs(from));
    emulator.faults.add({ kind: "status", status: 403, method: "DELETE", path: /^\/ssh-key\// });
    await stack.failure(stack.up(pairs(from, { triggers: ["again"] })));
    expect(keys()).toHaveLength(3);
    await stack.up(pairs(to, { triggers: ["again"] }));
    expect(keys()).toHaveLength(2);
    await expectWhole(pairs(to, { triggers: ["again"] }));
  });

  test("a pair that was deleted but not yet created again is created after the move", async () => {
    await stack.up(pairs(from, { name: "deploy" }));
    emulator.faults.add({ kind: "status", status: 403, method: "POST", path: /^\/ssh-key/ });
    await stack.failure(stack.up(pairs(from, { name: "deploy", triggers: ["again"] })));
    expect(keys()).not.toContain("deploy");
    await stack.up(pairs(to, { name: "deploy", triggers: ["again"] }));
    expect(keys()).toContain("deploy");
    await expectWhole(pairs(to, { name: "deploy", triggers: ["again"] }));
  });
});
