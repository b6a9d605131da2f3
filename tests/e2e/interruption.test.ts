import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ operationMs: 1500, guests: "none", perTest: true });

beforeEach(async () => {
  stack.writeProgram(program);
});

const program = `
const { Instance, SshKeyPair } = require("pulumi-exoscale-ssh");
const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
new Instance("web", { ...machine, sshKeys: [new SshKeyPair("alice")] });
`;
const unattended = ["--yes", "--skip-preview", "--non-interactive"];

/** Starts `pulumi up` and returns when the cloud creates the instance. */
async function upUntilInstanceStarts() {
  const engine = stack.start(["up", ...unattended]);
  await until(() => emulator.cloud.instances().length > 0);
  return { engine, ended: once(engine, "exit") };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
}

const instances = () => emulator.cloud.instances();
const labels = () => Object.keys(instances()[0]?.["labels"] ?? {});
const marked = expect.arrayContaining(["exoscale-ssh.creating"]);

describe("Pulumi is killed while it creates an instance:", () => {
  beforeEach(async () => {
    const { engine, ended } = await upUntilInstanceStarts();
    engine.kill("SIGKILL");
    await ended;
  });

  test("the plugin that continues alone leaves the instance marked, and the next up adopts it", async () => {
    // It lists the instances before the creation, and once the instance is up.
    const lists = () => emulator.requests.filter(({ method, path }) => method === "GET" && path === "/v2/instance");
    await until(() => lists().length >= 2);
    expect(labels()).toEqual(marked);
    emulator.cloud.setOperationMs(20);
    await stack.pulumi("cancel", "--yes");
    await stack.pulumi("up", ...unattended);
    expect(instances().map(({ id }) => id)).toEqual([stack.instanceId("web")]);
    // Pulumi ends before the operation that removes the mark.
    await until(() => !labels().includes("exoscale-ssh.creating"));
    await stack.pulumi("refresh", ...unattended, "--clear-pending-creates");
    expect(await stack.pulumi("preview", "--non-interactive", "--expect-no-changes")).not.toContain("pending");
    await stack.destroy();
    expect([instances(), emulator.cloud.keys]).toEqual([[], []]);
  });
});

describe("Pulumi cannot save an instance that was created", () => {
  test("the next up makes another one, and names the first with the command that deletes it", async () => {
    const { ended } = await upUntilInstanceStarts();
    const putBack = stack.takeStateAway();
    await ended;
    putBack();
    await until(() => !labels().includes("exoscale-ssh.creating"));
    const first = String(instances()[0]?.["id"]);
    expect(stack.state()).not.toHaveProperty("web");
    const output = await stack.pulumi("up", ...unattended);
    expect(output).toContain(`If you do not need it, run: exo compute instance delete --zone ch-gva-2 ${first}`);
    expect(stack.instanceId("web")).not.toBe(first);
  });
});

describe("Ctrl-C while an instance is created", () => {
  test("waits until the instance exists and is in the state, and the next up changes nothing on it", async () => {
    const { engine, ended } = await upUntilInstanceStarts();
    engine.kill("SIGINT");
    await ended;
    expect(stack.state()["web"]?.outputs).toMatchObject({ state: "running" });
    await until(() => !labels().includes("exoscale-ssh.creating"));
    const { length } = emulator.requests;
    await stack.pulumi("up", ...unattended);
    expect(emulator.requests.slice(length).every(({ method }) => method === "GET")).toBe(true);
  });

  test("ends at once if it is pressed twice, and the next up adopts the instance", async () => {
    emulator.cloud.setOperationMs(15_000);
    const { engine, ended } = await upUntilInstanceStarts();
    engine.kill("SIGINT");
    await until(() => stack.output.includes("press ^C again"));
    engine.kill("SIGINT");
    await ended;
    expect(stack.state()).not.toHaveProperty("web");
    await stack.pulumi("up", ...unattended);
    expect(instances().map(({ id }) => id)).toEqual([stack.instanceId("web")]);
  });
});
