import { plugin } from "./plugin_resources";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ guests: "none" });

const alice = (args: object) => async () => {
  const { id } = plugin("SshKeyPair", "alice", args);
  return { id };
};

describe("What the plugin has to say", () => {
  test("stands at the resource that it is about", async () => {
    await stack.up(alice({}));
    await stack.up(alice({ triggers: ["2027"] }));
    expect(stack.output).toMatch(
      /exoscale-ssh:index:SshKeyPair \(alice\):\s+warning: SSH key "alice-\w+" will be replaced/,
    );
  });

  test("is a message with a code and no stack trace where something fails", async () => {
    emulator.faults.add({
      kind: "status",
      status: 403,
      body: { message: "Forbidden by role policy for compute" },
      method: "DELETE",
      path: /ssh-key/,
    });
    const said = await stack.failure(stack.destroy());
    expect(said).toMatch(/API_PERMISSION_DENIED/);
    expect(said).not.toMatch(/^\s+at /m);
    emulator.faults.clear();
    await stack.destroy();
  });
});
