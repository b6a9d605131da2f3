import { end } from "./end";
import { logIn } from "./login";
import { RecordedStack, recordings } from "./recorded_stack";

/** Stacks of earlier builds are continued with this build. Nothing changes for them. */

jest.setTimeout(300_000);

describe.each(recordings)("A stack of %s", (name) => {
  let stack: RecordedStack;

  beforeAll(async () => {
    stack = await RecordedStack.restore(name);
  });

  afterAll(async () => {
    await end(stack?.program, stack?.emulator);
    stack?.dispose();
  });

  test("is recorded without a secret in plain text", () => {
    expect(stack.secrets()).toContainEqual(expect.stringContaining("PRIVATE KEY"));
    expect(stack.leaks()).toEqual([]);
  });

  test("has nothing to change, at preview and at refresh", async () => {
    await stack.program.expectNoChanges();
    await stack.program.refresh();
    await stack.program.expectNoChanges();
    expect(stack.emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("keeps its private key, which still opens the machine", async () => {
    const { login, knownHosts, privateKey } = await stack.program.outputs();
    expect(await logIn({ privateKey, sshCommand: login, knownHosts }, "whoami")).toBe("debian");
  });

  test("updates in place what the program changes", async () => {
    const before = stack.emulator.cloud.keys;
    await stack.program.configure("stage", "second");
    expect(Object.keys(await stack.up()).sort()).toEqual(["same", "update"]);
    expect(stack.emulator.cloud.keys).toEqual(before);
  });

  test("is destroyed completely", async () => {
    await stack.program.destroy();
    expect(stack.emulator.cloud.keys).toEqual([]);
    expect(stack.emulator.cloud.instances()).toEqual([]);
  });
});
