import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { machine } from "./known_machine";
import { TestStack } from "./stack";

jest.setTimeout(120_000);

let emulator: Emulator;
let stack: TestStack;

beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 15_000, guests: "none", zones: ["ch-gva-2"] });
  stack = await TestStack.create(emulator);
});

afterAll(async () => await end(stack, emulator));

const program = `
const pulumi = require("@pulumi/pulumi");
new pulumi.CustomResource("exoscale-ssh:index:Instance", "web", ${JSON.stringify(machine)}, { version: "0.1.0" });
`;
const unattended = ["--yes", "--skip-preview", "--non-interactive"];
const inCloud = () => emulator.cloud.instances().map(({ id }) => id);

describe("Ctrl-C while an instance is being made", () => {
  test("ends the wait at once, and keeps the instance in the state", async () => {
    stack.writeProgram(program);
    const engine = stack.start(["up", ...unattended]);
    while (inCloud().length === 0) await pause(20);
    engine.kill("SIGINT");
    await once(engine, "exit");
    expect(emulator.cloud.instances()).toMatchObject([{ id: stack.instanceId("web"), state: "starting" }]);
    expect(stack.output).toMatch(/was made, but: .*It is kept in the state, and "pulumi up" goes on with it/);
  });

  test("lets the next up go on with the same instance", async () => {
    const [id] = inCloud();
    emulator.cloud.setOperationMs(20);
    await stack.pulumi("up", ...unattended);
    expect(inCloud()).toEqual([id]);
    expect(stack.state()["web"]?.outputs).toMatchObject({ state: "running" });
    expect(stack.output).not.toMatch(/^\s+at .*\.js/m);
  });
});
