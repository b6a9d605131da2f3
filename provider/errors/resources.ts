/** Resources. */
import { ExoscaleSshError } from "./base";

/**
 * `onDelete: "refuse"`: the key is still held by instances or pools, so it stays registered.
 *
 * Delete the instances that are named. Or set `onDelete: "warn"`, run `pulumi up`, and delete then.
 */
export class KeyStillHeldError extends ExoscaleSshError {
  readonly code = "KEY_STILL_HELD";
}

/**
 * `onDelete: "revoke"`: not every machine that holds the key is proven to refuse it, so it stays registered and in the
 * state.
 *
 * The message is a table: instance, zone, address, what happened, what to do. A repeat goes on from there.
 */
export class KeyNotRevokedError extends ExoscaleSshError {
  readonly code = "KEY_NOT_REVOKED";
}

/**
 * Somebody registered another key under the name of a pair, which therefore cannot be brought up to date.
 *
 * Delete the other key (`exo compute ssh-key delete NAME`) and run `pulumi up` again.
 */
export class NameTakenOverError extends ExoscaleSshError {
  readonly code = "KEY_NAME_TAKEN_OVER";
}

/**
 * A change that would lock people out of their instances, or cost them a machine, without their having said so.
 *
 * The message names the ways out: keep the object with `ignoreChanges`, or permit the replacement.
 */
export class ReplacementRefusedError extends ExoscaleSshError {
  readonly code = "REPLACEMENT_REFUSED";
}

/**
 * A name or an identifier that the account does not know: a zone, a type, a template, a group, a key.
 *
 * Correct the name; the message lists what there is. If the object was deleted, run `pulumi refresh`.
 */
export class NotInAccountError extends ExoscaleSshError {
  readonly code = "NOT_IN_ACCOUNT";
}

/**
 * A template installs no SSH keys, and an instance made of it was to get some: nobody could log in with them.
 *
 * Remove `sshKeys`, or choose another template.
 */
export class KeysNotInstalledError extends ExoscaleSshError {
  readonly code = "KEYS_NOT_INSTALLED";
}

/**
 * A security group cannot be deleted while instances are in it.
 *
 * Take the instances out of the group, or delete them first.
 */
export class GroupInUseError extends ExoscaleSshError {
  readonly code = "GROUP_IN_USE";
}

/**
 * Something that was to be asked in passing did not answer in the little time that there was.
 *
 * Nothing: it stands inside a warning, for a zone whose API did not answer while a key was deleted.
 */
export class TooLateError extends ExoscaleSshError {
  readonly code = "TOO_LATE";
}

/**
 * Arguments of a function that do not say what is to be looked up.
 *
 * Correct the argument that the message names.
 */
export class InvalidArgumentError extends ExoscaleSshError {
  readonly code = "ARGUMENT_INVALID";
}

/**
 * A setting of the provider, in the stack's configuration or the environment, that makes no sense.
 *
 * Correct the setting that the message names.
 */
export class InvalidSettingError extends ExoscaleSshError {
  readonly code = "SETTING_INVALID";
}

/**
 * The object was made, and something after that failed. It is in the state as it is, and the next run goes on.
 *
 * Correct what the message names and run `pulumi up` again: it goes on with the object.
 */
export class PartialCreateError extends ExoscaleSshError {
  readonly code = "CREATED_IN_PART";

  constructor(
    message: string,
    /** Identifier of the object that exists. */
    readonly id: string,
    /** Its state as far as it is known. */
    readonly state: Readonly<Record<string, unknown>>,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/**
 * Pulumi itself ended while an instance was being made. You see it only in logs.
 *
 * Run `pulumi cancel`, then `pulumi up`: it goes on with the instance.
 */
export class AbandonedError extends ExoscaleSshError {
  readonly code = "ABANDONED";
}

/**
 * Pulumi was asked to stop (Ctrl-C, `pulumi cancel`) while the provider waited for Exoscale or for a machine.
 *
 * Run `pulumi up` again. What Exoscale had begun goes on by itself, and is in the state if it was known by then.
 */
export class CancelledError extends ExoscaleSshError {
  readonly code = "CANCELLED";

  constructor() {
    super("Pulumi was cancelled, and this was not waited for any more.");
  }
}

/**
 * An instance that is protected against deletion, by the program or by somebody else, so that it stays.
 *
 * Set `deletionProtection: false`, run `pulumi up`, and delete it then; or remove the protection where it was set.
 */
export class InstanceProtectedError extends ExoscaleSshError {
  readonly code = "INSTANCE_PROTECTED";
}

/**
 * An instance was stopped for a change and is still stopped, because the change or the start failed.
 *
 * Correct what the message names and run `pulumi up` again: it goes on and starts the instance. If you take the change
 * back instead, run `pulumi refresh` first: without it Pulumi sees nothing to do.
 */
export class LeftStoppedError extends ExoscaleSshError {
  readonly code = "INSTANCE_LEFT_STOPPED";
}

/**
 * An update removed an instance's protection against deletion, then failed, and could not protect it again. The state
 * still says that it is protected.
 *
 * Protect it with the command that the message names, then correct the failure and run `pulumi up` again.
 */
export class LeftUnprotectedError extends ExoscaleSshError {
  readonly code = "INSTANCE_LEFT_UNPROTECTED";
}

/**
 * Exoscale reported success, and what was to change is as it was.
 *
 * Take the change back in the program, or ask Exoscale's support whether it is possible.
 */
export class ChangeIgnoredError extends ExoscaleSshError {
  readonly code = "API_CHANGE_IGNORED";
}
