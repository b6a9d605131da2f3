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
  /** Those of the changes that replace the object. */
  readonly replaces: readonly string[];
  /** The old object is deleted first, because two cannot exist at once (an explicit name). */
  readonly deleteBeforeReplace: boolean;
  /** The object itself drifted: update it even though the program's inputs are what they were. */
  readonly drifted: boolean;
  /**
   * Those of the changes that are only another form of the same value (an id instead of a name). Nothing changes except
   * the form in the state. Default: none.
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
  /** Whether nobody waits for the result any more, so that no state will have it. Absent: somebody does. */
  readonly abandoned?: () => Promise<boolean>;
  /**
   * Seconds that the operation may take if the inputs do not say: Pulumi's option customTimeouts. Absent: our default.
   */
  readonly timeoutSeconds?: number;
}

/** What a check may use. It changes nothing. Both fronts show its lines at a preview, and again at the update. */
export interface CheckContext extends Pick<Context, "account" | "run" | "files" | "log"> {
  /** Inputs that the program marked as secret, besides those that always are. Default: none, or not known. */
  readonly secretInputs?: readonly string[];
}

/** Messages for the user of Pulumi. A warning is for what the user must act on. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** The current step. It disappears when the operation ends. A front may not show it. */
  progress(message: string): void;
}

/** A created object: its identifier in the account and its whole state. */
export interface Created<State> {
  readonly id: string;
  readonly state: State;
}

/** What a read found: the state, and the inputs that describe the object as it is now. */
export interface Found<Inputs, State> {
  readonly id: string;
  readonly inputs: Inputs;
  readonly state: State;
}

/** Defaults from the provider's configuration. */
export type ProviderDefaults = Pick<Account, "defaultZone">;

/** The last checked inputs of an object that exists; undefined for a new one. */
export type OldInputs<Inputs> = Inputs | undefined;

/**
 * For some inputs, whether the next value means the same as the last one. The next one may be unknown, wholly or in
 * part.
 */
export type SameValue<Inputs> = {
  readonly [K in keyof Inputs]?: (last: Inputs[K], next: PreviewedFields<Inputs>[K]) => boolean;
};

/** Whether two items of a list mean the same. Items are checked, and the next one may be unknown, wholly or in part. */
export type SameItem = (last: unknown, next: unknown) => boolean;

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
  /** Why a program must not ask Pulumi for a replacement that deletes first; absent if it does no harm. */
  readonly whyNotDeletedFirst?: string;
  /** How to compare inputs whose values have several equivalent forms. */
  readonly sameValue: SameValue<Inputs>;
  /** For inputs that are lists in no order, how to compare their items. Default: none. */
  readonly sameItem?: Readonly<Record<string, SameItem>>;

  /**
   * Fills in defaults that depend on other inputs, on the provider's settings, or on earlier inputs of the object.
   * Every field is already valid by itself.
   */
  applyDefaults(
    inputs: PreviewedFields<Inputs>,
    defaults: ProviderDefaults,
    olds: OldInputs<Inputs>,
  ): PreviewedFields<Inputs>;
  /**
   * Rules between fields and within values; pure. Unknown values must pass, and so must values that an older version
   * accepted and the object still has.
   */
  validate(inputs: PreviewedFields<Inputs>, olds: OldInputs<Inputs>): CheckFailure[] | Promise<CheckFailure[]>;
  /**
   * Refuses changes that an existing object cannot take, or that would cost access or data, unless the object is
   * replaced anyway. They are refused here and not in the diff, because a refresh also calls the diff and would fail.
   */
  validateChange(inputs: PreviewedFields<Inputs>, olds: Inputs, context: CheckContext): Promise<CheckFailure[]>;
  /** Rules that depend on the account (zones, types, templates, names) or on this machine; changes nothing. */
  checkAgainstAccount(
    inputs: PreviewedFields<Inputs>,
    context: CheckContext,
    olds: OldInputs<Inputs>,
  ): Promise<CheckFailure[]>;
  /** Adjusts a diff: refuses (by throwing) what would lose access or data, adds drift. */
  adjustDiff(diff: Diff, state: State, inputs: PreviewedFields<Inputs>, context: Context): Diff | Promise<Diff>;

  /** Outputs that follow from the inputs alone, so that a preview knows them; absent if there are none. */
  previewOutputs?(inputs: PreviewedFields<Inputs>): Promise<Partial<State>>;
  create(inputs: Inputs, context: Context): Promise<Created<State>>;
  /** `undefined` if the object is gone. `last` is absent on import. */
  read(id: string, last: State | undefined, context: Context): Promise<Found<Inputs, State> | undefined>;
  update(id: string, last: State, inputs: Inputs, context: Context): Promise<State>;
  delete(id: string, last: State, context: Context): Promise<void>;
}
