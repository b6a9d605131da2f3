/** A stack with one pair that is rotated repeatedly, and the machines that hold it. */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Emulator, type Exchange, startEmulator } from "../emulated";
import { Client } from "../emulator/world";
import { end } from "./end";
import { logIn } from "./login";
import { TestStack } from "./stack";
import { type Key, storedPairs } from "./stored_pairs";

const program = `
const { Instance, SshKeyPair } = require("pulumi-exoscale-ssh");
const deploy = new SshKeyPair("deploy", {
  triggers: [process.env.ISSUE],
  onDelete: "revoke",
  connection: { acceptNewHostKeys: true },
});
new Instance("web", {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  sshKeys: [deploy],
  connection: { privateKey: deploy.privateKeyOpenssh },
  waitForSsh: true,
});
`;
/** Every command that changes something. */
const unattended = ["--yes", "--skip-preview", "--non-interactive"];
const busy = { kind: "status", status: 503, headers: { "Retry-After": "60" } } as const;

/** Whether an event has happened. */
type HasCome = () => boolean;

/** Prepares a moment before a rotation starts. */
export type Moment = (shop: RotatingShop) => HasCome | Promise<HasCome>;

/**
 * The pair, the machine of the program, and two machines outside the program: one that somebody created manually, and the
 * member of an instance pool.
 */
export class RotatingShop {
  /** Every key that the pair had, the current one last. */
  readonly keys: Key[] = [];
  /** Identifiers of the program's machine, of the manually created one, and of the pool's member. */
  machines: readonly string[] = [];

  #issue = 0;
  #heard: (exchange: Exchange) => void = () => undefined;
  #takeBack: () => Promise<void> = async () => undefined;

  private constructor(
    readonly emulator: Emulator,
    readonly stack: TestStack,
  ) {}

  static async open(): Promise<RotatingShop> {
    let shop: RotatingShop | undefined;
    const exchange = (each: Exchange) => {
      if (shop !== undefined) shop.#heard(each);
    };
    // The client of the tests polls operations without a pause, which would exceed a request limit.
    const settings = { requestsPerSecond: undefined };
    const emulator = await startEmulator({ operationMs: 20, zones: ["ch-gva-2"], exchange, settings });
    emulator.cloud.openSsh();
    shop = new RotatingShop(emulator, await TestStack.create(emulator));
    shop.stack.writeProgram(program);
    await shop.rotate();
    await shop.#fillOtherMachines();
    return shop;
  }

  async close(): Promise<void> {
    await end(this.stack, this.emulator);
  }

  /** Changes the program: the next command rotates the pair. */
  askForAnotherKey(): void {
    this.#issue += 1;
    this.stack.setEnvironment({ ISSUE: String(this.#issue) });
  }

  /** Rotates the pair. */
  async rotate(): Promise<void> {
    this.askForAnotherKey();
    await this.up();
  }

  /** Runs `pulumi up`, and records the key of the stack after it, also if it fails. */
  async up(): Promise<void> {
    await this.stack.pulumi("up", ...unattended).finally(() => this.remember());
  }

  /** Records the current key of the stack, with its private key. */
  async remember(): Promise<void> {
    this.keys.push(...(await storedPairs(this.stack)).filter(({ isReplaced }) => !isReplaced));
  }

  /** Starts a rotation, and kills all its processes at a moment. @throws if the rotation ends before the moment */
  async rotateUntil(moment: Moment): Promise<void> {
    this.askForAnotherKey();
    const hasCome = await moment(this);
    const engine = this.stack.start(["up", ...unattended]);
    const ended = once(engine, "exit");
    while (!hasCome() && engine.exitCode === null) await pause(10);
    if (engine.exitCode !== null) throw new Error(`The rotation got to its end:\n${this.stack.output}`);
    this.stack.killAll();
    await ended;
    await this.goOn();
    await this.stack.pulumi("cancel", "--yes");
  }

  /** Removes all ordered faults. */
  async goOn(): Promise<void> {
    this.#heard = () => undefined;
    this.emulator.faults.clear();
    await this.#takeBack();
  }

  /** The API answers this request with 503, and the client waits. */
  hush(method: string, path: RegExp): HasCome {
    this.emulator.faults.add({ ...busy, method, path });
    return this.#isHushed();
  }

  /** After the first exchange of this kind the API answers every request with 503. */
  hushAfter(fits: (exchange: Exchange) => boolean): HasCome {
    let hushed = false;
    this.#heard = (exchange) => {
      if (hushed || !fits(exchange)) return;
      hushed = true;
      this.emulator.faults.add({ ...busy, path: /./, times: 1000 });
    };
    const isHushed = this.#isHushed();
    return () => hushed && isHushed();
  }

  /** The API accepts one change of an instance, such as a label before its keys change, and answers the next with 503. */
  hushSecondChange(id = ""): HasCome {
    this.#heard = ({ request: { method, path } }) => {
      if (method !== "PUT" || path !== `/v2/instance/${id}`) return;
      this.#heard = () => undefined;
      this.hush("PUT", new RegExp(`^/instance/${id}$`));
    };
    return this.#isHushed();
  }

  /** Whether a request since this call got a 503. Parallel requests may still get another answer after it. */
  #isHushed(): HasCome {
    const { length } = this.emulator.requests;
    return () => this.emulator.requests.slice(length).some(({ status }) => status === 503);
  }

  /** The API performs a request, and its answer is lost. */
  loseReply(method: string, path: RegExp): HasCome {
    this.emulator.faults.add({ kind: "lost-reply", method, path });
    return this.hushAfter(({ fault }) => fault === "lost-reply");
  }

  /** The rotation logs a step, on a machine that answers slowly. */
  async says(step: string): Promise<HasCome> {
    const { length } = this.stack.output;
    this.#takeBack = await this.emulator.guests.fault(this.machines[0] ?? "", { kind: "slow", ms: 100 });
    return () => this.stack.output.slice(length).includes(step);
  }

  /** Orders a fault on the machine of the program until `goOn`. */
  async befall(fault: Parameters<Emulator["guests"]["fault"]>[1]): Promise<void> {
    this.#takeBack = await this.emulator.guests.fault(this.machines[0] ?? "", fault);
  }

  /** The API refuses every change of an instance but the first. */
  refuseSecondChange(): void {
    this.#heard = ({ request: { method, path } }) => {
      if (method !== "PUT" || !path.startsWith("/v2/instance/")) return;
      this.emulator.faults.add({ kind: "status", status: 409, method: "PUT", path: /^\/instance\// });
    };
  }

  /** The machines that a key opens, by their index in the list. */
  async opens({ privateKeyOpenssh: privateKey }: Key): Promise<number[]> {
    const answers = this.machines.map(async (id) => {
      const { address, port, user } = await this.emulator.cloud.guest(id);
      return (await logIn({ privateKey, sshCommand: `ssh -p ${port} ${user}@${address}` }, "whoami")) === user;
    });
    return (await Promise.all(answers)).flatMap((open, index) => (open ? [index] : []));
  }

  /** The old keys that are in any user's authorized_keys, root's included, on any machine. */
  async leftInFiles(): Promise<Key[]> {
    const guests = await Promise.all(this.machines.map((id) => this.emulator.cloud.guest(id)));
    const texts = await Promise.all(guests.flatMap((guest) => [guest.authorizedKeys(), guest.authorizedKeys("root")]));
    const isThere = ({ publicKeyOpenssh }: Key) => texts.join("").includes(publicKeyOpenssh.split(" ")[1] ?? "");
    return this.keys.slice(0, -1).filter(isThere);
  }

  keysOfAccount(): string[] {
    return this.emulator.cloud.keys.map(({ name }) => name);
  }

  /** Removes keys from the account that the stack never had. @returns their number */
  removeUnknownKeys(): number {
    const unknown = this.keysOfAccount().filter((name) => this.keys.every((key) => key.name !== name));
    for (const name of unknown) this.emulator.cloud.removeKey(name);
    return unknown.length;
  }

  async #fillOtherMachines(): Promise<void> {
    const client = new Client(this.emulator);
    const keys = { "ssh-keys": [{ name: this.keys[0]?.name }] };
    const { id } = await client.create({ name: "by-hand", ...keys });
    const order = await client.order({ name: "workers", size: 1, ...keys });
    const { reference } = await client.settle("POST", "/instance-pool", order);
    const { instances } = await client.get(`/instance-pool/${reference.id}`);
    this.machines = [this.stack.instanceId("web"), id, instances[0].id];
  }
}
