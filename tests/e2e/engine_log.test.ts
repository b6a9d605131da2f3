import type { Front } from "./fronts";
import { storedPairs } from "./stored_pairs";
import { useStack } from "./use_stack";

/** What docs/secrets.md warns of: the log of Pulumi's engine itself, which nobody but Pulumi can redact. */

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ guests: "none", perTest: true });

const programs: Record<Front, string> = {
  dynamic: `
    const { SshKeyPair } = require("pulumi-exoscale-ssh");
    new SshKeyPair("alice");
  `,
  plugin: `
    const { CustomResource } = require("@pulumi/pulumi");
    new CustomResource("exoscale-ssh:index:SshKeyPair", "alice", {}, { version: "0.1.0" });
  `,
};
const up = ["up", "--yes", "--skip-preview", "--non-interactive"];

test.each<Front>(["dynamic", "plugin"])(
  "Pulumi's own log has the private key and a configured API secret in clear (%s front)",
  async (front) => {
    const { EXOSCALE_API_SECRET } = emulator.environment;
    stack.setEnvironment({ EXOSCALE_API_SECRET: "" });
    await stack.configureSecret("exoscale-ssh:apiSecret", EXOSCALE_API_SECRET);
    stack.writeProgram(programs[front]);
    const log = await stack.log(...up, "-v=9", "--logtostderr");
    const [pair] = await storedPairs(stack);
    expect(log).toContain(JSON.stringify(pair?.privateKeyOpenssh).slice(1, 70));
    expect(log).toContain(EXOSCALE_API_SECRET);
  },
);

test.each<Front>(["dynamic", "plugin"])("It has no API secret that a variable gives (%s front)", async (front) => {
  stack.writeProgram(programs[front]);
  const log = await stack.log(...up, "-v=9", "--logtostderr");
  expect(log).toContain("BEGIN OPENSSH PRIVATE KEY");
  expect(log).not.toContain(emulator.environment.EXOSCALE_API_SECRET);
});
