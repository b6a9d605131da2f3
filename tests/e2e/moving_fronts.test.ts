import { end } from "./end";
import { logIn } from "./login";
import { RecordedStack } from "./recorded_stack";
import { isStoredAsSecret } from "./stored_state";

/**
 * A stack moves from the dynamic classes to the plugin and back. The program changes, and the aliases map each resource.
 * Nothing is created, deleted or registered again.
 */

jest.setTimeout(240_000);

const [dynamic, plugin] = ["0.1.0-1a78c18-dynamic", "0.1.0-e82c2c2-plugin"];

/** The requests that change something in the account. */
const changing = ({ emulator }: RecordedStack) => emulator.requests.filter(({ method }) => method !== "GET");

describe.each([
  { from: dynamic, to: plugin, type: "exoscale-ssh:index:", announced: ["same"], done: ["same"] },
  {
    from: plugin,
    to: dynamic,
    type: "pulumi-nodejs:dynamic/exoscale-ssh:",
    // A preview knows no output of an update, so it cannot know that the public key of an AuthorizedKey stays.
    announced: ["replace", "same", "update"],
    done: ["same", "update"],
  },
])("A stack of $from whose program is replaced by that of $to", ({ from, to, type, announced, done }) => {
  let stack: RecordedStack;
  let outputs: Record<string, unknown>;
  let ids: object;

  beforeAll(async () => {
    stack = await RecordedStack.restore(from);
    outputs = await stack.program.outputs();
    ids = idsOf(stack);
    stack.useProgramOf(to);
  });

  afterAll(async () => {
    await end(stack?.program, stack?.emulator);
    stack?.dispose();
  });

  test("moves without any create, change or delete in the account", async () => {
    expect(await stack.previewed()).toEqual(announced);
    expect(Object.keys(await stack.up()).sort()).toEqual(done);
    expect(changing(stack)).toEqual([]);
    expect(idsOf(stack)).toEqual(ids);
  });

  test("has only types of the other front", () => {
    expect(Object.values(stack.resources()).filter((each) => !each.type.startsWith(type))).toEqual([]);
  });

  test("keeps its private keys, which stay secret and open the machines", async () => {
    const { login, knownHosts, privateKey } = await stack.program.outputs();
    // An update writes the command anew: older builds did not put the host key into it.
    expect(outputs).toMatchObject({ knownHosts, privateKey });
    expect(isStoredAsSecret(stack.resources()["alice"]?.outputs["privateKeyOpenssh"])).toBe(true);
    expect(await logIn({ privateKey, sshCommand: login, knownHosts }, "whoami")).toBe("debian");
  });

  test("has nothing to change after that, at preview and at refresh", async () => {
    await stack.program.expectNoChanges();
    await stack.program.refresh();
    await stack.program.expectNoChanges();
    expect(changing(stack)).toEqual([]);
  });

  test("updates in place what the program changes", async () => {
    await stack.program.configure("stage", "second");
    expect(Object.keys(await stack.up()).sort()).toEqual(["same", "update"]);
    expect(idsOf(stack)).toEqual(ids);
  });

  test("moves back in the same way", async () => {
    const earlier = changing(stack).length;
    stack.useProgramOf(from);
    await stack.up();
    await stack.program.refresh();
    await stack.program.expectNoChanges();
    expect(changing(stack).slice(earlier)).toEqual([]);
    expect(idsOf(stack)).toEqual(ids);
  });

  test("is destroyed completely", async () => {
    await stack.program.destroy();
    expect(stack.emulator.cloud.keys).toEqual([]);
    expect(stack.emulator.cloud.instances()).toEqual([]);
  });
});

/** The ids of the package's resources by logical name. */
function idsOf(stack: RecordedStack): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(stack.resources()).map(([name, { id }]) => [name, id]));
}
