/** Resources. */
import { ExoscaleSshError } from "./base";

/**
 * `onDelete: "refuse"`: instances or pools still hold the key, so it stays registered.
 *
 * Delete the instances that the message names. Or set `onDelete: "warn"`, run `pulumi up`, and then delete the key.
 */
export class KeyStillHeldError extends ExoscaleSshError {
  readonly code = "KEY_STILL_HELD";
}

/**
 * `onDelete: "revoke"`: not every machine that holds the key is proven to refuse it, so the key stays registered and in
 * the state.
 *
 * The message is a table: instance, zone, address, what happened, what to do. Do that and run Pulumi again: it
 * continues with the remaining machines.
 */
export class KeyNotRevokedError extends ExoscaleSshError {
  readonly code = "KEY_NOT_REVOKED";
}

/**
 * Another key was registered under the name of a pair, so the pair cannot be updated.
 *
 * Delete the other key (`exo compute ssh-key delete NAME`) and run `pulumi up` again.
 */
export class NameTakenOverError extends ExoscaleSshError {
  readonly code = "KEY_NAME_TAKEN_OVER";
}

/**
 * A change would lock people out of their instances, or replace a machine, and the program does not permit that.
 *
 * Keep the object with `ignoreChanges`, or permit the replacement. The message says how.
 */
export class ReplacementRefusedError extends ExoscaleSshError {
  readonly code = "REPLACEMENT_REFUSED";
}

/**
 * The account has nothing with that name or id: a zone, a type, a template, a group, a key.
 *
 * Correct the name; the message lists the existing ones. If the object was deleted, run `pulumi refresh`.
 */
export class NotInAccountError extends ExoscaleSshError {
  readonly code = "NOT_IN_ACCOUNT";
}

/**
 * A template installs no SSH keys, but the program gives its instance some: nobody could log in with them.
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
 * The API of a zone did not answer in the short time that a warning waits for it.
 *
 * Nothing: this is part of a warning, and the key is deleted all the same.
 */
export class TooLateError extends ExoscaleSshError {
  readonly code = "TOO_LATE";
}

/**
 * The arguments of a function do not say what to look up.
 *
 * Correct the argument that the message names.
 */
export class InvalidArgumentError extends ExoscaleSshError {
  readonly code = "ARGUMENT_INVALID";
}

/**
 * A setting of the provider is invalid, in the stack's configuration or the environment.
 *
 * Correct the setting that the message names.
 */
export class InvalidSettingError extends ExoscaleSshError {
  readonly code = "SETTING_INVALID";
}

/**
 * The object was created, but a later step failed. The object is in the state.
 *
 * Correct what the message names and run `pulumi up` again: it continues with the object.
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
 * Pulumi itself ended while an instance was being created. You see this only in logs.
 *
 * Run `pulumi cancel`, then `pulumi up`: it continues with the instance.
 */
export class AbandonedError extends ExoscaleSshError {
  readonly code = "ABANDONED";
}

/**
 * Pulumi was asked to stop (Ctrl-C, `pulumi cancel`) while the provider waited for Exoscale or for a machine.
 *
 * Run the same command again. What Exoscale had started continues by itself, and is in the state if its id was known.
 */
export class CancelledError extends ExoscaleSshError {
  readonly code = "CANCELLED";

  constructor() {
    super("Pulumi was cancelled, so the provider stopped waiting. Run the same command again to continue.");
  }
}

/**
 * An instance is protected against deletion, by the program or by somebody else, so it was not deleted.
 *
 * Set `deletionProtection: false`, run `pulumi up`, and then delete it. If the program did not protect it, run
 * `exo compute instance update --zone ZONE INSTANCE --protection=false`.
 */
export class InstanceProtectedError extends ExoscaleSshError {
  readonly code = "INSTANCE_PROTECTED";
}

/**
 * An instance was stopped for a change and is still stopped, because the change or the start failed.
 *
 * Correct what the message names and run `pulumi up` again: it finishes the change and starts the instance. If you undo
 * the change in the program instead, run `pulumi refresh` first: without it Pulumi sees nothing to do.
 */
export class LeftStoppedError extends ExoscaleSshError {
  readonly code = "INSTANCE_LEFT_STOPPED";
}

/**
 * An update removed an instance's protection against deletion, then failed, and could not protect it again. The state
 * still says that it is protected.
 *
 * Protect it with the command in the message. Then correct the failure and run `pulumi up` again.
 */
export class LeftUnprotectedError extends ExoscaleSshError {
  readonly code = "INSTANCE_LEFT_UNPROTECTED";
}

/**
 * Exoscale does not change an instance to a type of another family. The instance has the type that it had.
 *
 * Choose a type of its own family, or make a new instance under another name and delete this one.
 */
export class TypeRefusedError extends ExoscaleSshError {
  readonly code = "INSTANCE_TYPE_REFUSED";
}

/**
 * Exoscale reported success, but did not make the change.
 *
 * Undo the change in the program, or ask Exoscale's support whether it is possible.
 */
export class ChangeIgnoredError extends ExoscaleSshError {
  readonly code = "API_CHANGE_IGNORED";
}
