/** What a process of dynamic resources does with the calls of the engine, without Pulumi's protocol around them. */
import { type Account, openAccount } from "../../provider/account";
import { ExoscaleSshError, PartialCreateError } from "../../provider/errors";
import type { PrivateKeyFiles } from "../../provider/private_key_file";
import { type ResourceName, resources } from "../../provider/resources";
import { check } from "../../provider/resources/contract/check";
import { diff } from "../../provider/resources/contract/diff";
import type { Context, Diff, Resource } from "../../provider/resources/contract/resource";
import { Run } from "../../provider/resources/contract/run";
import { lastState } from "../../provider/resources/contract/state";
import { PartialUpdateError, update } from "../../provider/resources/contract/update";
import type { Inputs } from "./program";
import type { Process } from "./simulated_time";

/** A resource of any type, as a front calls it: inputs and states are whatever the engine passes. */
type AnyResource = Resource<Record<string, unknown>, Record<string, unknown>>;

type FoundObject = NonNullable<Awaited<ReturnType<AnyResource["read"]>>>;

/** The object that a call leaves, and why it failed if the object is there only in part. */
export interface Left {
  readonly id: string;
  readonly state: Inputs;
  readonly initError?: string;
}

export class FrontModel {
  /** The calls that came, such as `alice: create`. */
  readonly calls: string[] = [];
  readonly #lines: { readonly text: string; readonly step: number }[] = [];
  readonly #run = new Run();
  readonly #account: Account;

  constructor(
    settings: Readonly<Record<string, string>>,
    readonly process: Process,
    readonly files: PrivateKeyFiles,
  ) {
    this.#account = openAccount((name) => settings[name], { signal: process.abort.signal });
  }

  /** What the user reads. What a killed process says during its last step may not have been shown any more. */
  get lines(): string[] {
    const { isDead, isEngineDead, effects } = this.process;
    const isKilled = isDead || isEngineDead;
    return this.#lines.filter(({ step }) => !isKilled || step < effects.ended).map(({ text }) => text);
  }

  /** @returns the checked inputs. @throws Error that lists what is wrong */
  async check(type: ResourceName, name: string, news: Inputs, olds: Inputs | undefined): Promise<Inputs> {
    this.calls.push(`${name}: ${olds ? "check" : "check as new"}`);
    const { inputs, failures } = await check(resourceOf(type), news, olds, this.#context());
    if (failures.length > 0)
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    return inputs;
  }

  async diff(type: ResourceName, name: string, state: Inputs, inputs: Inputs): Promise<Diff> {
    this.calls.push(`${name}: diff`);
    return await diff(resourceOf(type), { ...state }, { ...inputs }, this.#context());
  }

  async create(type: ResourceName, name: string, inputs: Inputs): Promise<Left> {
    this.calls.push(`${name}: create`);
    try {
      return await resourceOf(type).create({ ...inputs }, this.#context());
    } catch (error) {
      if (!(error instanceof PartialCreateError)) throw error;
      return { id: error.id, state: error.state, initError: error.message };
    }
  }

  async update(type: ResourceName, name: string, id: string, state: Inputs, inputs: Inputs): Promise<Left> {
    this.calls.push(`${name}: update`);
    try {
      return { id, state: await update(resourceOf(type), id, { ...state }, { ...inputs }, this.#context()) };
    } catch (error) {
      if (!(error instanceof PartialUpdateError)) throw error;
      const why = error.cause instanceof ExoscaleSshError ? error.cause.message : String(error.cause);
      return { id, state: error.state as Inputs, initError: why };
    }
  }

  async delete(type: ResourceName, name: string, id: string, state: Inputs): Promise<void> {
    this.calls.push(`${name}: delete`);
    await resourceOf(type).delete(id, { ...state }, this.#context());
  }

  /** The object as it is now; undefined if it is gone. */
  async read(type: ResourceName, name: string, id: string, state: Inputs): Promise<FoundObject | undefined> {
    this.calls.push(`${name}: read`);
    return await resourceOf(type).read(id, lastState(resourceOf(type), { ...state }), this.#context());
  }

  /** What the process does when the engine closes it. */
  async close(): Promise<void> {
    await this.#run.finish(this.#account);
  }

  #context(): Context {
    const show = (text: string) => void this.#lines.push({ text, step: this.process.effects.happened.length });
    const log = { info: show, progress: () => undefined, warn: show };
    return {
      account: this.#account,
      run: this.#run,
      files: this.files,
      log,
      abandoned: async () => this.process.isEngineDead,
    };
  }
}

function resourceOf(type: ResourceName): AnyResource {
  return resources[type] as unknown as AnyResource;
}
