/**
 * What Pulumi's engine does with the resources of one stack: which calls it makes, in which order, and what it saves.
 *
 * It checks and compares one resource after the other and makes several changes at once. Its state is saved before and
 * after each change. A replacement creates first and deletes at the end. A change that fails stops the changes that have
 * not begun. What was created in part is saved, and updated by the next run.
 */
import { KeyedMutex } from "../../provider/keyed_mutex";
import type { ResourceName } from "../../provider/resources";
import { Effects, happen, type Plan } from "./effects";
import { FrontModel, type Left } from "./front_model";
import { type Declaration, type Inputs, referencesIn, resolve } from "./program";
import type { SimulatedApi } from "./simulated_api";
import { SimulatedFiles } from "./simulated_files";
import { inProcess, type Process, type SimulatedTime } from "./simulated_time";

/** A resource in the state. */
export interface SavedResource {
  readonly type: ResourceName;
  readonly name: string;
  readonly id: string;
  readonly inputs: Inputs;
  readonly outputs: Inputs;
  /** The names of the resources that it refers to. */
  readonly dependencies: readonly string[];
  /** It has been replaced, and is to be deleted. */
  readonly isReplaced?: boolean;
  /** Why it is not complete. */
  readonly initError?: string;
}

/** How a run ended. */
export interface Outcome {
  readonly ended: "well" | "failed" | "killed";
  readonly errors: readonly string[];
  /** What the provider says, as far as the user reads it. */
  readonly lines: readonly string[];
  /** The changes, such as `create web`. */
  readonly changes: readonly string[];
  /** The calls of the provider, such as `web: create`. */
  readonly calls: readonly string[];
  readonly effects: Effects["happened"];
}

/** As many as Pulumi makes on two processors. */
const CHANGES_AT_ONCE = 8;

/** A stack: its state outlives the runs. */
export class SimulatedStack {
  /** What a new run reads. */
  saved: readonly SavedResource[] = [];
  /** The private key files of the machine that runs Pulumi. */
  readonly files = new SimulatedFiles();

  constructor(
    readonly api: SimulatedApi,
    readonly time: SimulatedTime,
    readonly name = "prod",
  ) {}

  /** @param plan what goes wrong; by default nothing */
  up(program: readonly Declaration[], plan: Plan = () => undefined): Promise<Outcome> {
    return this.time.until(this.start(program, plan));
  }

  /** The same without letting time pass, so that something else can happen meanwhile. */
  start(program: readonly Declaration[], plan: Plan = () => undefined): Promise<Outcome> {
    return this.#run(plan, (run) => run.up(program));
  }

  /** `pulumi refresh`: the state becomes what is there. */
  refresh(): Promise<Outcome> {
    return this.time.until(
      this.#run(
        () => undefined,
        (run) => run.refresh(),
      ),
    );
  }

  async #run(plan: Plan, work: (run: EngineRun) => Promise<void>): Promise<Outcome> {
    const effects = new Effects(plan);
    const process: Process = { isDead: false, isEngineDead: false, abort: new AbortController(), effects };
    const front = new FrontModel(this.api.settings, process, this.files);
    const run = new EngineRun(this, front);
    const ended = inProcess(process, async () => {
      await work(run);
      // Only the engine tells its provider that the run is over.
      if (!process.isEngineDead) await front.close();
    });
    await ended.catch((error: unknown) => run.fail(error));
    const how = process.isDead || process.isEngineDead ? "killed" : run.errors.length > 0 ? "failed" : "well";
    return {
      ended: how,
      errors: run.errors,
      lines: front.lines,
      changes: run.changes,
      calls: front.calls,
      effects: effects.happened,
    };
  }
}

class EngineRun {
  readonly errors: string[] = [];
  readonly changes: string[] = [];
  #resources: readonly SavedResource[];
  #free = CHANGES_AT_ONCE;
  readonly #waiting: (() => void)[] = [];
  /** Checks follow each other, and so do saves. */
  readonly #turns = new KeyedMutex();

  constructor(
    readonly stack: SimulatedStack,
    readonly front: FrontModel,
  ) {
    this.#resources = stack.saved;
  }

  fail(error: unknown): undefined {
    this.errors.push(error instanceof Error ? error.message : String(error));
  }

  /** Makes the resources what the program declares, and deletes the others. */
  async up(program: readonly Declaration[]): Promise<void> {
    const registered = new Map<string, Promise<SavedResource | undefined>>();
    for (const declaration of program) {
      const failed = (error: unknown): undefined => this.fail(error);
      registered.set(declaration.name, this.#register(declaration, registered).catch(failed));
    }
    await Promise.all(registered.values());
    if (this.errors.length > 0) return;
    await this.#deleteAll(({ name, isReplaced }) => isReplaced === true || !registered.has(name));
  }

  /** Reads each resource, several at once. One that is gone leaves the state. */
  async refresh(): Promise<void> {
    const reads = this.#resources.map((resource) =>
      this.#change(`refresh ${resource.name}`, async () => {
        const found = await this.front.read(resource.type, resource.name, resource.id, resource.outputs);
        const { initError: _, ...rest } = resource;
        const now = found && { ...rest, id: found.id, inputs: found.inputs as Inputs, outputs: found.state as Inputs };
        this.#replace(resource, now ? [now] : []);
        return now ?? rest;
      }).catch(this.fail.bind(this)),
    );
    await Promise.all(reads);
  }

  async #register(
    { type, name, inputs }: Declaration,
    registered: ReadonlyMap<string, Promise<SavedResource | undefined>>,
  ): Promise<SavedResource | undefined> {
    const dependencies = [...new Set(referencesIn(inputs))];
    const found = await Promise.all(dependencies.map(async (each) => [each, await registered.get(each)] as const));
    const byName = new Map(found);
    if (found.some(([, resource]) => resource === undefined)) return undefined;
    const outputOf = ({ name: of, output }: { name: string; output: string }) => {
      const resource = byName.get(of);
      return output === "id" ? resource?.id : resource?.outputs[output];
    };
    // Dynamic classes add it.
    const urn = `urn:pulumi:${this.stack.name}::shop::pulumi-nodejs:dynamic/exoscale-ssh:${type}::${name}`;
    const identity = { organization: "organization", urn, name };
    const news = { ...(resolve(inputs, outputOf) as Inputs), identity };
    const old = this.#resources.find((each) => each.name === name && !each.isReplaced);
    const plan = await this.#turns.run("check", () => this.#plan({ type, name }, news, old));
    const next = { type, name, inputs: plan.inputs, dependencies };
    switch (plan.step) {
      case "same":
        return old;
      case "create":
        return await this.#change(`create ${name}`, async () => {
          const left = await this.front.create(type, name, plan.inputs);
          return this.#add({ ...next, ...savedFrom(left) });
        });
      case "update":
        return await this.#change(`update ${name}`, async () => {
          if (!old) throw new Error("There is nothing to update.");
          const left = await this.front.update(type, name, old.id, old.outputs, plan.inputs);
          const updated = { ...next, ...savedFrom(left) };
          this.#replace(old, [updated]);
          return updated;
        });
      case "replace":
        return await this.#change(`replace ${name}`, async () => {
          if (!old) throw new Error("There is nothing to replace.");
          const left = await this.front.create(type, name, plan.inputs);
          this.#replace(old, [{ ...old, isReplaced: true }]);
          return this.#add({ ...next, ...savedFrom(left) });
        });
    }
  }

  async #plan({ type, name }: Pick<Declaration, "type" | "name">, news: Inputs, old: SavedResource | undefined) {
    const inputs = await this.front.check(type, name, news, old?.inputs);
    if (!old) return { step: "create" as const, inputs };
    const { changes, replaces, drifted } = await this.front.diff(type, name, old.outputs, inputs);
    // Without the old inputs a generated name is a new one.
    if (replaces.length > 0)
      return { step: "replace" as const, inputs: await this.front.check(type, name, news, undefined) };
    const isChanged = changes.length > 0 || drifted || old.initError !== undefined;
    return { step: isChanged ? ("update" as const) : ("same" as const), inputs };
  }

  /** Deletes each resource when nothing is left that refers to it. */
  async #deleteAll(isMeant: (resource: SavedResource) => boolean): Promise<void> {
    for (;;) {
      const meant = this.#resources.filter(isMeant);
      const needed = new Set(meant.flatMap(({ dependencies }) => dependencies));
      const free = meant.filter(({ name }) => !needed.has(name));
      if (meant.length === 0 || this.errors.length > 0) return;
      const deletions = free.map((resource) =>
        this.#change(`delete ${resource.name}`, async () => {
          await this.front.delete(resource.type, resource.name, resource.id, resource.outputs);
          this.#replace(resource, []);
          return resource;
        }).catch((error: unknown) => void this.fail(error)),
      );
      await Promise.all(deletions);
    }
  }

  /** Makes a change when its turn comes, between two saves. It does not begin once another one has failed. */
  async #change(what: string, make: () => Promise<SavedResource>): Promise<SavedResource | undefined> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      if (this.errors.length > 0) return undefined;
      this.changes.push(what);
      await this.#save(`before ${what}`);
      const changed = await make();
      await this.#save(`after ${what}`);
      if (changed.initError !== undefined && !what.startsWith("delete")) throw new Error(changed.initError);
      return changed;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  #add(resource: SavedResource): SavedResource {
    this.#resources = [...this.#resources, resource];
    return resource;
  }

  #replace(resource: SavedResource, by: readonly SavedResource[] = []): void {
    this.#resources = this.#resources.flatMap((each) => (each === resource ? by : [each]));
  }

  #save(what: string): Promise<void> {
    const save = () =>
      happen({ kind: "save", what }, () => {
        // As in a file: what is not JSON is lost.
        this.stack.saved = JSON.parse(JSON.stringify(this.#resources)) as SavedResource[];
      });
    return this.#turns.run("save", save);
  }
}

function savedFrom({ id, state, initError }: Left): Pick<SavedResource, "id" | "outputs" | "initError"> {
  return { id, outputs: state, ...(initError !== undefined && { initError }) };
}
