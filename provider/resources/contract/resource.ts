import type { z } from "zod";
import type { Account } from "../../account";
import type { PrivateKeyFiles } from "../../private_key_file";
import type { PreviewedFields } from "./description";
import type { Run } from "./run";

/** One thing wrong with the inputs of a resource, shown at preview against the property it is about. */
export interface CheckFailure {
  /** Name of the input, such as `diskSize`; a path such as `sshKeys[1].name`; empty for the resource as a whole. */
  readonly property: string;
  /** What was given, what is wrong with it and what to do. Never contains a secret. */
  readonly reason: string;
}

/** What a change of inputs means for an object that exists. */
export interface Diff {
  /** Inputs whose value differs from the state in a way that matters. */
  readonly changes: readonly string[];
  /** Those of the changes for which a new object has to be made. */
  readonly replaces: readonly string[];
  /** The old object goes first, because two cannot exist at once (an explicit name). */
  readonly deleteBeforeReplace: boolean;
  /** The object itself drifted: update it even though the program's inputs are what they were. */
  readonly drifted: boolean;
  /**
   * Those of the changes that only say otherwise what the object has already (an id instead of a name). There is nothing
   * to do but to remember how the program says it now. Default: none.
   */
  readonly equivalent?: readonly string[];
}

/** What the core may use of the outside world. */
export interface Context {
  readonly account: Account;
  /** What this run of Pulumi remembers. */
  readonly run: Run;
  /** Private keys on the machine that runs Pulumi. */
  readonly files: PrivateKeyFiles;
  readonly log: Log;
  /** Whether nobody waits for the result any more, so that no state will ever have it. Absent: somebody does. */
  readonly abandoned?: () => Promise<boolean>;
  /** Seconds that the operation may take where the inputs do not say: Pulumi's option customTimeouts. Absent: our default. */
  readonly timeoutSeconds?: number;
}

/** What a check may ask. It changes nothing. */
export interface CheckContext extends Pick<Context, "account" | "run" | "files"> {
  /** Inputs that the program marked as secret, besides those that always are. Default: none, or not known. */
  readonly secretInputs?: readonly string[];
}

/** Lines for the person who runs Pulumi. A warning is for what they must act on. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** What is going on right now, of which nothing is left once it is over. A front may have no place for it. */
  progress(message: string): void;
}

/** A created object: its identifier in the account and its whole state. */
export interface Created<State> {
  readonly id: string;
  readonly state: State;
}

/** What a read found: the state, and the inputs that would describe the object as it is now. */
export interface Found<Inputs, State> {
  readonly id: string;
  readonly inputs: Inputs;
  readonly state: State;
}

/** What the provider's configuration says for resources that do not. */
export type ProviderDefaults = Pick<Account, "defaultZone">;

/** The inputs of an object that exists, as they were last checked; undefined for one that is to be made. */
export type OldInputs<Inputs> = Inputs | undefined;

/** For some inputs, whether the next value means what the last one did. The next one may be unknown, wholly or in part. */
export type SameValue<Inputs> = {
  readonly [K in keyof Inputs]?: (last: Inputs[K], next: PreviewedFields<Inputs>[K]) => boolean;
};

/**
 * A resource as both fronts see it. `Inputs` is what a program declares; `State` is the inputs plus the outputs.
 *
 * Methods throw errors of `provider/errors/`. A create that fails after the object exists throws a
 * `PartialCreateError`, which carries the identifier and the state so far.
 */
export interface Resource<Inputs extends object, State extends object> {
  /** Name within the package: `SshKeyPair`. */
  readonly name: string;
  /** What it is, in one paragraph, for the documentation. */
  readonly description: string;
  readonly inputs: z.ZodObject;
  readonly outputs: z.ZodObject;
  /** Why a program must not ask Pulumi for a replacement that deletes first; absent where it is no harm. */
  readonly whyNotDeletedFirst?: string;
  /** How to compare inputs whose values can be written in several ways that mean the same. */
  readonly sameValue: SameValue<Inputs>;

  /**
   * Fills in defaults that depend on other inputs, on the provider's, or on what the object has been given before;
   * every field is valid by itself by then.
   */
  applyDefaults(
    inputs: PreviewedFields<Inputs>,
    defaults: ProviderDefaults,
    olds: OldInputs<Inputs>,
  ): PreviewedFields<Inputs>;
  /**
   * Rules between fields and within values; pure. Unknown values must pass, and so must what an older version accepted
   * and the object still has.
   */
  validate(inputs: PreviewedFields<Inputs>, olds: OldInputs<Inputs>): CheckFailure[];
  /**
   * Changes that cannot be made to an object that exists, or that would cost access or data, unless a new one is made
   * anyway. Said here rather than in the diff, which Pulumi also asks at a refresh: a refusal there would fail that.
   */
  validateChange(inputs: PreviewedFields<Inputs>, olds: Inputs, account: Account): Promise<CheckFailure[]>;
  /** Rules that only the account can answer (zones, types, templates, names), or this machine; changes nothing. */
  checkAgainstAccount(
    inputs: PreviewedFields<Inputs>,
    asked: CheckContext,
    olds: OldInputs<Inputs>,
  ): Promise<CheckFailure[]>;
  /** Last word on a diff: refuses (by throwing) what would lose access or data, adds drift. */
  adjustDiff(diff: Diff, state: State, inputs: PreviewedFields<Inputs>, context: Context): Diff | Promise<Diff>;

  /** Outputs that follow from the inputs alone, and so are known before the object is made; absent where none do. */
  previewOutputs?(inputs: PreviewedFields<Inputs>): Promise<Partial<State>>;
  create(inputs: Inputs, context: Context): Promise<Created<State>>;
  /** `undefined` when the object is gone. `last` is absent on import. */
  read(id: string, last: State | undefined, context: Context): Promise<Found<Inputs, State> | undefined>;
  update(id: string, last: State, inputs: Inputs, context: Context): Promise<State>;
  delete(id: string, last: State, context: Context): Promise<void>;
}
