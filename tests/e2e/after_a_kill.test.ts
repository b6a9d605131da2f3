import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { killAll } from "../processes";
import type { Front } from "./fronts";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

/** What Pulumi itself says and asks for after a kill. docs/working-with-pulumi.md tells it to users. */

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ operationMs: 3_000, guests: "none", perTest: true });

const programs: Record<Front, string> = {
  dynamic: `
    const { Instance } = require("pulumi-exoscale-ssh");
    new Instance("web", ${JSON.stringify(machine)});
  `,
  plugin: `
    const { CustomResource } = require("@pulumi/pulumi");
    new CustomResource("exoscale-ssh:index:Instance", "web", ${JSON.stringify(machine)}, { version: "0.1.0" });
  `,
};
const unattended = ["--yes", "--skip-preview", "--non-interactive"];
const up = ["up", ...unattended];
const instances = () => emulator.cloud.instances();

/** Starts a command and kills something when the cloud is at work. @returns the exit code of the engine */
async function killed(
  command: string,
  isAtWork: () => boolean,
  kill: (engine: { kill(signal: "SIGKILL"): void }) => void,
) {
  const engine = stack.start([command, ...unattended]);
  const ended = once(engine, "exit");
  while (!isAtWork()) await pause(10);
  kill(engine);
  await ended;
  return engine.exitCode;
}

const killedCreation = () =>
  killed(
    "up",
    () => instances().length > 0,
    () => stack.killAll(),
  );

/** What the next commands would say about operations that a killed run did not end. */
const pending = async () =>
  ((await stack.exportStack()).deployment.pending_operations ?? []).map(({ type }: { type: string }) => type);

describe.each<Front>(["dynamic", "plugin"])("After a kill, through the %s front,", (front) => {
  beforeEach(() => stack.writeProgram(programs[front]));

  test("the stack is locked until pulumi cancel, and only --clear-pending-creates clears the creation", async () => {
    await killedCreation();
    expect(await stack.failure(stack.pulumi(...up))).toMatch(/currently locked by 1 lock.*pulumi cancel/);
    await stack.pulumi("cancel", "--yes");
    expect(await stack.pulumi("preview", "--non-interactive")).not.toContain("pending operations");
    await stack.pulumi("refresh", ...unattended);
    const output = await stack.pulumi(...up);
    expect(output).toContain("with 1 pending operations from previous deployment");
    expect(output).toMatch(/Instance::web, interrupted while creating/);
    expect(output).toContain("was left behind by an interrupted run: continuing with it");
    expect(await pending()).toEqual(["creating"]);
    await stack.pulumi("refresh", ...unattended, "--clear-pending-creates");
    expect(await pending()).toEqual([]);
    expect(await stack.pulumi("preview", "--non-interactive", "--expect-no-changes")).not.toContain("pending");
  });

  test("an export and import of the stack clears the creation, too", async () => {
    await killedCreation();
    await stack.pulumi("cancel", "--yes");
    await stack.pulumi("stack", "export", "--file", "exported.json");
    await stack.pulumi("stack", "import", "--file", "exported.json");
    expect(await pending()).toEqual([]);
    expect(await stack.pulumi(...up)).toContain("was left behind by an interrupted run");
    expect(instances().map(({ id }) => id)).toEqual([stack.instanceId("web")]);
  });

  test("a machine whose deletion was cut short is made again by up --refresh, but not by up", async () => {
    await stack.pulumi(...up);
    await killed(
      "destroy",
      () => instances()[0]?.["state"] === "destroying",
      () => stack.killAll(),
    );
    await stack.pulumi("cancel", "--yes");
    while (instances().length > 0) await pause(20);
    expect(await stack.pulumi(...up)).toMatch(/Instance::web, interrupted while deleting/);
    expect(instances()).toEqual([]);
    await stack.pulumi(...up, "--refresh");
    expect([instances().map(({ id }) => id), await pending()]).toEqual([[stack.instanceId("web")], []]);
  });

  test("a provider that is killed alone fails the run, which leaves neither a lock nor a pending operation", async () => {
    const code = await killed(
      "up",
      () => instances().length > 0,
      () => killAll(stack.providers()),
    );
    expect(code).toBe(1);
    expect(stack.output).toContain("error: error reading from server: EOF");
    expect(await pending()).toEqual([]);
    expect(await stack.pulumi(...up)).toContain("was left behind by an interrupted run: continuing with it");
  });
});

test("A plugin whose engine was killed ends by itself", async () => {
  stack.writeProgram(programs.plugin);
  await killed(
    "up",
    () => instances().length > 0,
    (engine) => engine.kill("SIGKILL"),
  );
  expect(stack.plugins()).toHaveLength(1);
  while (stack.plugins().length > 0) await pause(100);
});
