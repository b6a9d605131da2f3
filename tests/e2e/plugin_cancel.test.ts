import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ operationMs: 15_000, guests: "none", perTest: true });

const program = `
const pulumi = require("@pulumi/pulumi");
new pulumi.CustomResource("exoscale-ssh:index:Instance", "web", ${JSON.stringify(machine)}, { version: "0.1.0" });
`;
const unattended = ["--yes", "--skip-preview", "--non-interactive"];
const inCloud = () => emulator.cloud.instances().map(({ id }) => id);

/** Starts `pulumi up` and returns when the cloud creates the instance. */
async function upUntilInstanceStarts(source = program) {
  stack.writeProgram(source);
  const engine = stack.start(["up", ...unattended]);
  const ended = once(engine, "exit");
  while (inCloud().length === 0) await pause(20);
  return { engine, ended };
}

test("Ctrl-C ends the wait for an instance at once and keeps it in the state, and the next up completes it", async () => {
  const { engine, ended } = await upUntilInstanceStarts();
  engine.kill("SIGINT");
  await ended;
  expect(emulator.cloud.instances()).toMatchObject([{ id: stack.instanceId("web"), state: "starting" }]);
  expect(stack.output).toMatch(/was made, but: .*It is kept in the state\. "pulumi up" continues with it/);
  emulator.cloud.setOperationMs(20);
  await stack.pulumi("up", ...unattended);
  expect(inCloud()).toEqual([stack.instanceId("web")]);
  expect(stack.state()["web"]?.outputs).toMatchObject({ state: "running" });
});

test("A plugin whose engine is killed ends by itself, and the next up adopts its instance", async () => {
  const { engine, ended } = await upUntilInstanceStarts();
  engine.kill("SIGKILL");
  await ended;
  expect(stack.plugins()).toHaveLength(1);
  while (stack.plugins().length > 0) await pause(200);
  expect(emulator.cloud.instances()).toMatchObject([{ labels: { "exoscale-ssh.creating": expect.any(String) } }]);
  emulator.cloud.setOperationMs(20);
  await stack.pulumi("cancel", "--yes");
  await stack.pulumi("up", ...unattended);
  expect(inCloud()).toEqual([stack.instanceId("web")]);
});

test("The plugin completes a machine that the dynamic classes began when Pulumi was killed", async () => {
  const { engine, ended } = await upUntilInstanceStarts(`
    new (require("pulumi-exoscale-ssh").Instance)("web", ${JSON.stringify(machine)});
  `);
  engine.kill("SIGKILL");
  await ended;
  stack.writeProgram(program);
  emulator.cloud.setOperationMs(20);
  await stack.pulumi("cancel", "--yes");
  await stack.pulumi("up", ...unattended);
  expect(inCloud()).toEqual([stack.instanceId("web")]);
});
