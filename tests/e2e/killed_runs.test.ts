import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

/** How many runs are killed in each front. `KILLED_RUNS=100 npm test -- tests/e2e/killed_runs.test.ts` kills 200. */
const RUNS = Number(process.env["KILLED_RUNS"] ?? 3);
/** The moments follow from it. A failure names it. */
const SEED = Number(process.env["KILLED_RUNS_SEED"] ?? Date.now() % 1_000_000);

jest.setTimeout(120_000 + RUNS * 60_000);

const { emulator, stack } = useStack({ operationMs: 150, guests: "none", perTest: true });
const unattended = ["--yes", "--skip-preview", "--non-interactive"];

/** Two machines, a key and a group. Another generation replaces the machines and the key. */
const fronts = {
  dynamic: (generation: number) => `
    const { Instance, SecurityGroup, SshKeyPair } = require("pulumi-exoscale-ssh");
    const alice = new SshKeyPair("alice", { triggers: ["${generation}"] });
    const ssh = new SecurityGroup("ssh", {});
    const machine = { ...${JSON.stringify(machine)}, template: "${template(generation)}", securityGroups: [ssh] };
    for (const name of ["web", "db"]) new Instance(name, { ...machine, sshKeys: [alice], replaceOnKeyChange: true });
  `,
  plugin: (generation: number) => `
    const pulumi = require("@pulumi/pulumi");
    const declare = (type, name, args) => {
      const outputs = { id: undefined, name: undefined, publicKeyOpenssh: undefined };
      return new pulumi.CustomResource("exoscale-ssh:index:" + type, name, { ...outputs, ...args }, { version: "0.1.0" });
    };
    const { name, publicKeyOpenssh } = declare("SshKeyPair", "alice", { triggers: ["${generation}"] });
    const securityGroups = [declare("SecurityGroup", "ssh", {}).id];
    const machine = { ...${JSON.stringify(machine)}, template: "${template(generation)}", securityGroups };
    const sshKeys = [{ name, publicKeyOpenssh }];
    for (const name of ["web", "db"]) declare("Instance", name, { ...machine, sshKeys, replaceOnKeyChange: true });
  `,
};

function template(generation: number): string {
  return generation % 2 === 0 ? "Linux Debian 13" : "Linux Debian 12";
}

/** A pseudo-random number from 0 to 1 (mulberry32). */
function random(state: { seed: number }): number {
  state.seed = (state.seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state.seed ^ (state.seed >>> 15), 1 | state.seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const inAccount = () => emulator.cloud.instances().map(({ id }) => String(id));
const inState = () => ["web", "db"].map((name) => stack.instanceId(name));

/** Starts `pulumi up` and kills it: at any moment, or soon after the cloud has finished one of its machines. */
async function upKilled(chance: { seed: number }): Promise<string> {
  const known = new Set(inAccount());
  const engine = stack.start(["up", ...unattended]);
  const ended = once(engine, "exit");
  const isNewRunning = () =>
    emulator.cloud.instances().some(({ id, state }) => !known.has(String(id)) && state === "running");
  const isAimed = random(chance) < 0.6;
  while (isAimed && engine.exitCode === null && !isNewRunning()) await pause(5);
  const after = random(chance) * (isAimed ? 400 : 6_000);
  await Promise.race([pause(after), ended]);
  const all = random(chance) < 0.5;
  if (all) stack.killAll();
  else engine.kill("SIGKILL");
  await ended;
  return `${isAimed ? "aimed" : "any moment"}, after ${after.toFixed(0)} ms, ${all ? "with its plugins" : "the engine"}`;
}

test.each(["dynamic", "plugin"] as const)(
  `A run of the %s front that is killed at any moment leaves no second machine and loses none (seed ${SEED})`,
  async (front) => {
    const chance = { seed: SEED + front.length };
    for (let run = 1; run <= RUNS; run++) {
      stack.writeProgram(fronts[front](run));
      const how = await upKilled(chance);
      await stack.cancelKilled();
      await stack.pulumi("up", ...unattended);
      // A plugin without its engine may still end what it has begun.
      const name = `${front}, seed ${SEED}, run ${run}: ${how}`;
      expect({ name, instances: inAccount().sort() }).toEqual({ name, instances: inState().sort() });
      if (random(chance) < 0.3) await stack.destroy();
    }
    await stack.destroy();
    expect(inAccount()).toEqual([]);
  },
);
