/** The fixture of the resource tests: an emulated cloud, and runs of the provider against it. */
import { setTimeout as pause } from "node:timers/promises";
import { type Account, openAccount, type ReadSetting } from "../../provider/account";
import { PartialCreateError } from "../../provider/errors";
import { privateKeyFiles } from "../../provider/private_key_file";
import { check, type RawInputs } from "../../provider/resources/contract/check";
import type { PreviewedFields } from "../../provider/resources/contract/description";
import { diff } from "../../provider/resources/contract/diff";
import type { CheckFailure, Diff, Resource } from "../../provider/resources/contract/resource";
import { Run as RunMemory } from "../../provider/resources/contract/run";
import { inputsOf } from "../../provider/resources/contract/state";
import { PartialUpdateError, update } from "../../provider/resources/contract/update";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulated";

type Settings = Partial<Record<Parameters<ReadSetting>[0], string>>;

/** An object in the state of a stack. */
export interface Held<State> {
  readonly id: string;
  readonly state: State;
}

/** One run of the provider, with its own account and its own memory. */
export class Run {
  readonly account: Account;
  readonly run = new RunMemory();
  readonly files = privateKeyFiles;
  readonly warnings: string[] = [];
  readonly notes: string[] = [];
  readonly steps: string[] = [];
  readonly log = {
    info: (message: string) => void this.notes.push(message),
    warn: (message: string) => void this.warnings.push(message),
    progress: (message: string) => void this.steps.push(message),
  };

  constructor(settings: Settings) {
    this.account = openAccount((name) => settings[name]);
  }

  /** The checked inputs, and what is wrong with them. */
  async check<I extends object, S extends object>(resource: Resource<I, S>, news: RawInputs, last?: Held<S>) {
    return await check(resource, news, last && this.#inputs(resource, last), this);
  }

  /** What is wrong with inputs, as `property: reason`, or the reason alone where no property is named. */
  async failures<I extends object, S extends object>(resource: Resource<I, S>, news: RawInputs, last?: Held<S>) {
    return (await this.check(resource, news, last)).failures.map(shownFailure);
  }

  async diff<I extends object, S extends object>(resource: Resource<I, S>, last: Held<S>, news: RawInputs) {
    const { inputs } = await this.check(resource, news, last);
    return this.diffChecked(resource, last, inputs);
  }

  /** A diff of inputs that are already checked; they may contain unknown values. */
  diffChecked<I extends object, S extends object>(
    resource: Resource<I, S>,
    last: Held<S>,
    inputs: RawInputs,
  ): Promise<Diff> {
    return diff(resource, last.state, inputs as PreviewedFields<I>, this);
  }

  /** Check and create, as `pulumi up` does for a new object. */
  async create<I extends object, S extends object>(resource: Resource<I, S>, news: RawInputs): Promise<Held<S>> {
    const inputs = passed(await this.check(resource, news));
    return await resource.create(inputs as I, this);
  }

  /** What the engine saves of a creation that fails half-way, and the message. */
  async createInPart<I extends object, S extends object>(resource: Resource<I, S>, news: RawInputs) {
    const error = await this.create(resource, news).catch((thrown: unknown) => thrown);
    if (!(error instanceof PartialCreateError)) throw error;
    // The state that a partial error carries is the resource's own.
    return { id: error.id, state: error.state as unknown as S, message: error.message };
  }

  /** Check and update, whatever the diff would say. */
  async update<I extends object, S extends object>(resource: Resource<I, S>, last: Held<S>, news: RawInputs) {
    const inputs = passed(await this.check(resource, news, last));
    return { id: last.id, state: await resource.update(last.id, last.state, inputs as I, this) };
  }

  /** What the engine saves of an update that fails half-way. */
  async updateInPart<I extends object, S extends object>(resource: Resource<I, S>, last: Held<S>, news: RawInputs) {
    const inputs = passed(await this.check(resource, news, last));
    const error = await update(resource, last.id, last.state, inputs as I, this).catch((thrown: unknown) => thrown);
    if (!(error instanceof PartialUpdateError)) throw error;
    // As above.
    return { id: last.id, state: error.state as S };
  }

  /** What a refresh finds. */
  async read<I extends object, S extends object>(resource: Resource<I, S>, last: Held<S>) {
    return await resource.read(last.id, last.state, this);
  }

  /** What a refresh finds of an object that exists. */
  async found<I extends object, S extends object>(resource: Resource<I, S>, last: Held<S>) {
    const found = await this.read(resource, last);
    if (!found) throw new Error(`${resource.name} ${last.id} is gone`);
    return found;
  }

  async delete<I extends object, S extends object>(resource: Resource<I, S>, last: Held<S>): Promise<void> {
    await resource.delete(last.id, last.state, this);
  }

  /** What a front does when the engine closes it after it has saved everything. A killed run ends without this. */
  async finish(): Promise<void> {
    await this.run.finish(this.account);
  }

  #inputs<I extends object, S extends object>(resource: Resource<I, S>, last: Held<S>): RawInputs {
    // A state holds the inputs beside the outputs.
    return inputsOf(resource.inputs, last.state as unknown as RawInputs) as RawInputs;
  }
}

function passed({ inputs, failures }: { inputs: RawInputs; failures: readonly CheckFailure[] }): RawInputs {
  if (failures.length > 0) throw new Error(`The check refuses: ${failures.map(shownFailure).join("; ")}`);
  return inputs;
}

function shownFailure({ property, reason }: CheckFailure): string {
  return property === "" ? reason : `${property}: ${reason}`;
}

/** An emulated cloud, and runs against it. */
export class TestCloud {
  constructor(readonly emulator: Emulator) {}

  run(settings: Settings = {}): Run {
    const { EXOSCALE_API_KEY: apiKey, EXOSCALE_API_SECRET: apiSecret } = this.emulator.environment;
    const { EXOSCALE_API_ENDPOINT: endpoint, EXOSCALE_SSH_PORT: sshPort } = this.emulator.environment;
    return new Run({ apiKey, apiSecret, endpoint, sshPort, ...settings });
  }

  /** Ends a run well, and waits until no new instance has the mark of its creation any more. */
  async finish(run: Run): Promise<void> {
    await run.finish();
    const isMarked = ({ labels }: Record<string, unknown>) => "exoscale-ssh.creating" in ((labels ?? {}) as object);
    while (this.emulator.cloud.instances().some(isMarked)) await pause(5);
  }

  /** Names of the keys that the account has, sorted. */
  keys(): string[] {
    return this.emulator.cloud.keys.map(({ name }) => name).sort();
  }

  /** The only instance there is, as the API shows it. */
  instance(): Record<string, unknown> {
    const [only, ...more] = this.emulator.cloud.instances();
    if (!only || more.length > 0) throw new Error(`There are ${more.length + (only ? 1 : 0)} instances`);
    return only;
  }

  /** Requests so far that change something, as `PUT /v2/instance/<id>:stop`. */
  changes(): string[] {
    const { requests } = this.emulator;
    return requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  }

  /** The last parts of the changes' paths, which name the actions: `:stop`, `:scale`. */
  actions(): string[] {
    return this.changes().map((change) => /:[a-z-]+$/.exec(change)?.[0] ?? change.split(" ")[0] ?? "");
  }
}

const emulators: Emulator[] = [];

/** Starts a cloud of two zones. Its instances run no guest unless `guests` says so. */
export async function startCloud(options: EmulatorOptions = {}): Promise<TestCloud> {
  // The environment of a developer may name a real account.
  for (const name of Object.keys(process.env)) if (name.startsWith("EXOSCALE_")) delete process.env[name];
  const emulator = await startEmulator({
    operationMs: 0,
    guests: "none",
    zones: ["ch-gva-2", "de-fra-1"],
    ...options,
  });
  emulators.push(emulator);
  return new TestCloud(emulator);
}

/** Closes every cloud that was started. */
export async function closeClouds(): Promise<void> {
  await Promise.all(emulators.splice(0).map((emulator) => emulator.close()));
}
