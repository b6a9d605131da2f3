import { plugin } from "./plugin_resources";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ guests: "none" });

const alice = (args: object) => async () => {
  const { id } = plugin("SshKeyPair", "alice", args);
  return { id };
};

describe("A message of the plugin", () => {
  test("is shown at its resource", async () => {
    await stack.up(alice({}));
    await stack.up(alice({ triggers: ["2027"] }));
    expect(stack.output).toMatch(
      /exoscale-ssh:index:SshKeyPair \(alice\):\s+warning: SSH key "alice-\w+" will be replaced/,
    );
  });

  test("has a code and no stack trace if an operation fails", async () => {
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
