/** A small stack whose runs are killed, and the judgement of what is left after the next run. */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Emulator } from "../../emulator";
import { Client } from "../emulator/world";
import { killAll } from "../processes";
import { bob } from "../resources/known_keys";
import type { Chance } from "../simulation/chance";
import type { Front } from "./fronts";
import { machine } from "./known_machine";
import { logIn } from "./login";
import type { TestStack } from "./stack";
import { type StoredPair, storedPairs } from "./stored_pairs";

/** What a run does: it changes a machine, gives a pair another key, revokes a pair, or destroys everything. */
const kinds = ["up", "rotate", "rotate", "revoke", "revoke", "destroy"] as const;
/** What is killed. What is not killed goes on alone. */
const targets = ["engine", "provider", "both"] as const;

/** A run that was killed, and what was found after the next one. */
export interface KilledRun {
  readonly front: Front;
  readonly run: number;
  /** What was done, what was killed, and when. */
  readonly how: string;
  /** What must not be: empty if all is well. */
  readonly wrong: readonly string[];
  /** Keys and groups in the account that no state has. The next run has named them. */
  readonly left: readonly string[];
}

/** What the program declares: changed by the kinds of runs. */
interface Declared {
  readonly issue: number;
  readonly template: string;
  readonly hasCarol: boolean;
}

const unattended = ["--yes", "--skip-preview", "--non-interactive"];
const templates = ["Linux Debian 13", "Linux Debian 12"] as const;

/** How a program declares a resource through each front. */
const declaring: Record<Front, string> = {
  dynamic: `
    const classes = require("pulumi-exoscale-ssh");
    const declare = (type, name, args) => new classes[type](name, args);
  `,
  plugin: `
    const { CustomResource } = require("@pulumi/pulumi");
    const names = ["name", "publicKeyOpenssh", "privateKeyOpenssh", "publicIp"];
    const outputs = Object.fromEntries(names.map((name) => [name, undefined]));
    const declare = (type, name, args) =>
      new CustomResource("exoscale-ssh:index:" + type, name, { ...outputs, ...args }, { version: "0.1.0" });
  `,
};

/** Two machines with one or two keys and a group, and a key that somebody brought along on one of them. */
const program = (front: Front, { issue, template, hasCarol }: Declared) => `
  ${declaring[front]}
  const pairs = [declare("SshKeyPair", "alice", { triggers: [${issue}], onDelete: "revoke" })];
  if (${hasCarol}) pairs.push(declare("SshKeyPair", "carol", { onDelete: "revoke" }));
  const privateKey = pairs[0].privateKeyOpenssh;
  const rule = { protocol: "tcp", startPort: 22, endPort: 22, network: "0.0.0.0/0" };
  const ssh = declare("SecurityGroup", "ssh", { rules: [{ flowDirection: "ingress", ...rule }] });
  const shared = {
    ...${JSON.stringify(machine)},
    sshKeys: pairs.map(({ name, publicKeyOpenssh }) => ({ name, publicKeyOpenssh })),
    securityGroups: [ssh.id],
    connection: { privateKey },
    waitForSsh: true,
  };
  const web = declare("Instance", "web", shared);
  declare("Instance", "db", { ...shared, template: ${JSON.stringify(template)} });
  const connection = { user: "debian", host: web.publicIp, privateKey };
  declare("AuthorizedKey", "bob", { connection, publicKey: ${JSON.stringify(bob.line)} });
`;

/** A stack of that program, whose runs are killed one after the other. */
export class KilledShop {
  #declared: Declared = { issue: 1, template: templates[0], hasCarol: true };
  /** Every pair that a state had, by the name in the account. */
  readonly #pairs = new Map<string, StoredPair>();
  #runs = 0;

  constructor(
    readonly front: Front,
    readonly emulator: Emulator,
    readonly stack: TestStack,
    readonly chance: Chance,
  ) {}

  /** Begins a run, kills it, does what Pulumi asks for and runs it again. @returns what is wrong then */
  async kill(): Promise<KilledRun> {
    this.#runs += 1;
    const kind = Object.keys(this.stack.state()).length === 0 ? "up" : this.#oneOf(kinds);
    this.#change(kind);
    this.stack.writeProgram(program(this.front, this.#declared));
    const how = `${kind}, ${await this.#killed(kind === "destroy" ? "destroy" : "up")}`;
    const outputBefore = this.stack.output.length;
    const wrong = await this.#runAgain(kind).catch((error: unknown) => [`the next run fails: ${error}`]);
    const left = await this.#removeLeft(this.stack.output.slice(outputBefore));
    return { front: this.front, run: this.#runs, how, wrong: [...wrong, ...left.wrong], left: left.names };
  }

  /** Destroys the stack. @returns what is wrong then */
  async end(): Promise<string[]> {
    await this.stack.destroy();
    return this.#rest();
  }

  #oneOf<T>(choices: readonly T[]): T {
    // The index is below the length.
    return choices[Math.floor(this.chance.number() * choices.length)] as T;
  }

  #change(kind: (typeof kinds)[number]): void {
    const { issue, template, hasCarol } = this.#declared;
    if (kind === "rotate") this.#declared = { ...this.#declared, issue: issue + 1 };
    // A pair that is revoked already is made again.
    if (kind === "revoke") this.#declared = { ...this.#declared, hasCarol: !hasCarol };
    const other = template === templates[0] ? templates[1] : templates[0];
    if (kind === "up") this.#declared = { ...this.#declared, template: other };
  }

  /** Starts a command and kills some of its processes. @returns what was killed, and when */
  async #killed(command: "up" | "destroy"): Promise<string> {
    const target = this.#oneOf(targets);
    const { what, hasCome, longest } = this.#moment();
    const after = this.chance.number() * longest;
    const engine = this.stack.start([command, ...unattended]);
    const ended = once(engine, "exit");
    while (engine.exitCode === null && !hasCome()) await pause(5);
    await Promise.race([pause(after), ended]);
    // A provider that is to be killed has to be there first.
    while (target === "provider" && engine.exitCode === null && this.stack.providers().length === 0) await pause(5);
    const isOver = engine.exitCode !== null;
    if (target === "both") this.stack.killAll();
    else if (target === "provider") killAll(this.stack.providers());
    else engine.kill("SIGKILL");
    await ended;
    const killed = target === "both" ? "engine and provider" : target;
    return `${killed} killed ${after.toFixed(0)} ms after ${what}${isOver ? ", too late" : ""}`;
  }

  /** A moment of the next command, and how many milliseconds after it the kill may come. */
  #moment(): { readonly what: string; readonly hasCome: () => boolean; readonly longest: number } {
    const { length } = this.emulator.requests;
    const since = () => this.emulator.requests.slice(length);
    const [kind, share] = [this.chance.number(), this.chance.number()];
    const [request, change] = [1 + Math.floor(share * 35), 1 + Math.floor(share * 6)];
    if (kind < 0.3) return { what: "its start", hasCome: () => true, longest: 6_000 };
    if (kind < 0.6) return { what: `request ${request}`, hasCome: () => since().length >= request, longest: 300 };
    const hasChanged = () => since().filter(({ method }) => method !== "GET").length >= change;
    return { what: `change ${change}`, hasCome: hasChanged, longest: 400 };
  }

  async #runAgain(kind: (typeof kinds)[number]): Promise<string[]> {
    await this.stack.cancelKilled();
    await this.#remember();
    if (kind === "destroy" && this.chance.number() < 0.5) {
      await this.stack.destroy();
      return this.#rest();
    }
    // A destruction that was killed may have deleted what the state still has: Pulumi says so, and asks for a refresh.
    await this.stack.pulumi("up", ...unattended, ...(kind === "destroy" ? ["--refresh"] : []));
    await this.#remember();
    return [...this.#twiceOrLost(), ...(await this.#keysOnMachines()), ...(await this.#unsettled())];
  }

  async #remember(): Promise<void> {
    for (const pair of await storedPairs(this.stack)) this.#pairs.set(pair.name, pair);
  }

  /** The instances of the account are those of the state, and its keys and groups are among those of the account. */
  #twiceOrLost(): string[] {
    const state = this.stack.state();
    const expected = ["alice", "bob", "db", "ssh", "web", ...(this.#declared.hasCarol ? ["carol"] : [])].sort();
    const present = Object.keys(state).sort();
    const [kept, made] = [["web", "db"].map((name) => this.stack.instanceId(name)), this.#instances()];
    const names = ["alice", "carol", "ssh"].flatMap((name) => state[name]?.outputs["name"] ?? []);
    const known = [...this.emulator.cloud.keys.map(({ name }) => name), ...this.emulator.cloud.groups];
    return [
      ...(present.join() === expected.join() ? [] : [`the state has ${present}, not ${expected}`]),
      ...made.filter((id) => !kept.includes(id)).map((id) => `no state has instance ${id}`),
      ...kept.filter((id) => !made.includes(id)).map((id) => `instance ${id} of the state is gone`),
      ...names.filter((name) => !known.includes(String(name))).map((name) => `${name} of the state is gone`),
    ];
  }

  /** Each machine has the keys of the state and no other one, opens with each of them, and not with the last one closed. */
  async #keysOnMachines(): Promise<string[]> {
    const stored = await storedPairs(this.stack);
    const closed = [...this.#pairs.values()].filter(({ name }) => stored.every((pair) => pair.name !== name));
    const wrong = ["web", "db"].map(async (machineName) => {
      const guest = await this.emulator.cloud.guest(this.stack.instanceId(machineName));
      const expected = [
        ...stored.map(bodyOf),
        ...(machineName === "web" ? [bodyOf({ publicKeyOpenssh: bob.line })] : []),
      ];
      const found = bodiesIn(await guest.authorizedKeys());
      const ofRoot = bodiesIn(await guest.authorizedKeys("root"));
      const sshCommand = `ssh -p ${guest.port} ${guest.user}@${guest.address}`;
      const opens = async ({ privateKeyOpenssh: privateKey }: StoredPair) =>
        (await logIn({ privateKey, sshCommand }, "whoami")) === guest.user;
      const refused = await Promise.all(stored.map(async (pair) => ((await opens(pair)) ? [] : [pair.name])));
      const opening = await Promise.all(closed.slice(-1).map(async (pair) => ((await opens(pair)) ? [pair.name] : [])));
      return [
        ...(found.sort().join() === expected.sort().join() ? [] : [`${machineName} has ${found.length} keys`]),
        ...closed.filter((pair) => ofRoot.includes(bodyOf(pair))).map(({ name }) => `root has ${name}`),
        ...refused.flat().map((name) => `${machineName} refuses ${name}`),
        ...opening.flat().map((name) => `${machineName} still opens with ${name}`),
      ];
    });
    return (await Promise.all(wrong)).flat();
  }

  /** Nothing is left to do after the run. */
  async #unsettled(): Promise<string[]> {
    const preview = this.stack.pulumi("preview", "--non-interactive", "--expect-no-changes");
    return await preview.then(
      () => [],
      (error: { stdout?: string }) => [`the run after it has something to do: ${error.stdout}`],
    );
  }

  /** What the account has and no state. All of it must have been named; then it is deleted, as a user would. */
  async #removeLeft(output: string): Promise<{ readonly names: string[]; readonly wrong: string[] }> {
    const state = this.stack.state();
    const known = Object.values(state).map(({ outputs }) => outputs["name"]);
    const keys = this.emulator.cloud.keys.map(({ name }) => name).filter((name) => !known.includes(name));
    const groups = this.emulator.cloud.groups.filter((name) => name !== "default" && !known.includes(name));
    for (const name of keys) this.emulator.cloud.removeKey(name);
    const client = new Client(this.emulator);
    const present: { id: string; name: string }[] = (await client.get("/security-group"))["security-groups"];
    for (const { id } of present.filter(({ name }) => groups.includes(name)))
      await client.settle("DELETE", `/security-group/${id}`);
    const names = [...keys, ...groups];
    return { names, wrong: names.filter((name) => !output.includes(name)).map((name) => `nothing names ${name}`) };
  }

  #rest(): string[] {
    const { keys, groups } = this.emulator.cloud;
    const named = [...keys.map(({ name }) => name), ...groups.filter((name) => name !== "default")];
    return [...this.#instances(), ...named].map((each) => `${each} is left after the destruction`);
  }

  #instances(): string[] {
    return this.emulator.cloud.instances().map(({ id }) => String(id));
  }
}

function bodiesIn(file: string): string[] {
  return file.split("\n").flatMap((line) => /\b(AAAA\S+)/.exec(line)?.[1] ?? []);
}

function bodyOf({ publicKeyOpenssh }: { readonly publicKeyOpenssh: string }): string {
  return publicKeyOpenssh.split(" ")[1] ?? "";
}
