/**
 * Every error that a user of this package can meet.
 *
 * Each has a stable `code` to search for and to match on; its message names what was wrong, where, and what to do
 * next. None ever contains a private key, a passphrase, an API secret or user data.
 */

/** The common parent: `catch (error) { if (error instanceof ExoscaleSshError) ... error.code }`. */
export abstract class ExoscaleSshError extends Error {
  /** Stable identifier of the kind of error, such as `KEY_PUBLIC_INVALID`; never renamed. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

// --- Key material -----------------------------------------------------------------------------------------------

/**
 * A text that should be an OpenSSH public key and is not one that can be registered and used.
 *
 * Give one line as `ssh-keygen` writes it to a `.pub` file: `ssh-ed25519 AAAA... comment`, without options before it.
 */
export class InvalidPublicKeyError extends ExoscaleSshError {
  readonly code = "KEY_PUBLIC_INVALID";
}

/**
 * A text that should be a private key and is not one that can be read and used. The text itself is never part of the
 * message.
 *
 * Give the whole file, first and last line included, in OpenSSH's, PKCS#8, PKCS#1, SEC1 or encrypted PEM format.
 */
export class InvalidPrivateKeyError extends ExoscaleSshError {
  readonly code = "KEY_PRIVATE_INVALID";
}

/**
 * A private key is encrypted and the passphrase given does not open it, or none was given.
 *
 * Give the `passphrase` of the key, or decrypt it: `ssh-keygen -p -f FILE`.
 */
export class WrongPassphraseError extends ExoscaleSshError {
  readonly code = "KEY_PASSPHRASE_WRONG";
}

/**
 * A combination of key parameters that cannot be generated or encoded, such as RSA below 2048 bits.
 *
 * Use ed25519, RSA from 2048 to 8192 bits, or ECDSA on P-256, P-384 or P-521.
 */
export class UnsupportedKeyError extends ExoscaleSshError {
  readonly code = "KEY_UNSUPPORTED";
}

/**
 * A private key that was written and, read back, is not the same key: it is withheld rather than stored.
 *
 * This is a fault of this package. Nothing was registered. Use another `algorithm`, and report it.
 */
export class KeyEncodingError extends ExoscaleSshError {
  readonly code = "KEY_ENCODING_FAILED";
}

/**
 * Options for a line of `authorized_keys` that sshd would refuse, or that would let nobody in.
 *
 * Write them as the message says; sshd(8), AUTHORIZED_KEYS FILE FORMAT, explains them.
 */
export class InvalidKeyOptionsError extends ExoscaleSshError {
  readonly code = "KEY_OPTIONS_INVALID";
}

/**
 * Something is where a private key file is to be made. It is never overwritten.
 *
 * Choose another path, or move the file that is there away.
 */
export class KeyFileTakenError extends ExoscaleSshError {
  readonly code = "KEY_FILE_TAKEN";
}

/**
 * The file with a pair's private key is not on this machine, or another key is in it.
 *
 * Run Pulumi where the file is, or put it back.
 */
export class KeyFileMissingError extends ExoscaleSshError {
  readonly code = "KEY_FILE_MISSING";
}

/**
 * A private key file cannot be written, read or removed.
 *
 * Correct the path, or the rights of the file and its folder.
 */
export class KeyFileUnusableError extends ExoscaleSshError {
  readonly code = "KEY_FILE_UNUSABLE";
}

// --- Exoscale's API ---------------------------------------------------------------------------------------------

/**
 * A name or identifier that the API cannot accept; refused before any request is made from it.
 *
 * Correct the value to what the message allows.
 */
export class InvalidNameError extends ExoscaleSshError {
  readonly code = "API_NAME_INVALID";

  constructor(
    /** What the value was given as, such as `SSH key name`. */
    readonly field: string,
    /** The value as it was given. */
    readonly value: string,
    /** What is allowed: a regular expression, or words where none fits. */
    readonly pattern: string,
  ) {
    super(`${JSON.stringify(value)} cannot be used as ${field}: it has to match ${pattern}.`);
  }
}

/**
 * The API key or its secret is configured nowhere.
 *
 * Set the two values that the message names, in the stack's configuration or the environment.
 */
export class MissingCredentialsError extends ExoscaleSshError {
  readonly code = "API_CREDENTIALS_MISSING";

  /** @param missing which of the two halves were not found */
  constructor(readonly missing: readonly ("apiKey" | "apiSecret")[]) {
    const variable = { apiKey: "EXOSCALE_API_KEY", apiSecret: "EXOSCALE_API_SECRET" };
    const ways = missing.map((half) => `\`pulumi config set --secret exoscale-ssh:${half}\` or ${variable[half]}`);
    super(`Exoscale credentials are missing. Set ${ways.join(", and ")}.`);
  }
}

/** What was being asked of the API when something went wrong. */
export interface ApiCallSite {
  /** The intention in words that follow "could not", such as `register SSH key "deploy"`. */
  readonly what: string;
  /** HTTP method. */
  readonly method: string;
  /** Path after the endpoint, without the query. */
  readonly path: string;
}

/** What is known about an answer that is not a success. */
export interface ApiRefusal {
  /** HTTP status. */
  readonly status: number;
  /** What the server said, most general first; empty when it said nothing readable. */
  readonly messages: readonly string[];
  /** A sentence about what to do; default none. */
  readonly hint?: string | undefined;
}

/**
 * Exoscale answered, and the answer is not a success.
 *
 * The message has what Exoscale said, and a hint where there is one.
 */
export class ApiError extends ExoscaleSshError {
  readonly code: string = "API_REFUSED";
  /** The request, such as `POST /ssh-key`. */
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** What the server said, most general first. */
  readonly serverMessages: readonly string[];

  constructor(site: ApiCallSite, refusal: ApiRefusal) {
    const operation = `${site.method} ${site.path}`;
    const said = refusal.messages.length > 0 ? refusal.messages.join("; ") : "no message";
    super(
      sentences(`Could not ${site.what}: Exoscale answered ${refusal.status} to ${operation}: ${said}`, refusal.hint),
    );
    this.operation = operation;
    this.status = refusal.status;
    this.serverMessages = refusal.messages;
  }
}

/**
 * What was asked for does not exist (404).
 *
 * Run `pulumi refresh`: somebody deleted it, or the name is wrong.
 */
export class NotFoundError extends ApiError {
  override readonly code = "API_NOT_FOUND";
}

/**
 * The API does not accept the credentials: unknown key, wrong secret, or a clock that is far off.
 *
 * Check that key and secret belong together and were not revoked, and the clock. After a rotation run `pulumi up`, or
 * `refresh` and `destroy` with `--run-program`.
 */
export class CredentialsRejectedError extends ApiError {
  override readonly code = "API_CREDENTIALS_REJECTED";
}

/**
 * The API key is valid and its IAM role does not allow this request.
 *
 * Allow the operation in the IAM role of the API key, or use another key.
 */
export class PermissionDeniedError extends ApiError {
  override readonly code = "API_PERMISSION_DENIED";
}

/**
 * No answer came: no connection, a broken one, or none in time.
 *
 * Check `exoscale-ssh:endpoint`, the network and the proxy. Nothing is lost: run the command again.
 */
export class ApiUnreachableError extends ExoscaleSshError {
  readonly code = "API_UNREACHABLE";

  constructor(
    site: ApiCallSite,
    /** The API endpoint that was tried. */
    readonly endpoint: string,
    /** What happened and what to do about it, in full sentences. */
    readonly reason: string,
    cause: unknown,
  ) {
    super(`Could not ${site.what}: no answer from ${endpoint}. ${reason}`, { cause });
  }
}

/**
 * Exoscale took the request and later, or at once, reported that carrying it out failed.
 *
 * The message has Exoscale's reason. What was made in part is in the state: run `pulumi up` again.
 */
export class OperationFailedError extends ExoscaleSshError {
  readonly code = "API_OPERATION_FAILED";

  constructor(
    /** What was asked, in words that follow "could not". */
    what: string,
    /** How it ended. */
    readonly failure: {
      /** Id of the operation; absent where a resource was seen in a failed state without one. */
      readonly operationId?: string | undefined;
      /** Id of the resource concerned, which may exist all the same. */
      readonly resourceId?: string | undefined;
      /** Exoscale's reason, such as `fault` or `unavailable`. */
      readonly reason: string;
      /** Exoscale's explanation. */
      readonly serverMessage?: string | undefined;
      /** A sentence about what to do; default none. */
      readonly hint?: string | undefined;
    },
  ) {
    const operation = failure.operationId ? `operation ${failure.operationId} ended in` : "it ended in";
    const said = failure.serverMessage ? `${failure.reason}: ${failure.serverMessage}` : failure.reason;
    const rest = failure.resourceId ? `The resource ${failure.resourceId} may exist nevertheless.` : undefined;
    super(sentences(`Could not ${what}: ${operation} failure (${said})`, rest, failure.hint));
  }
}

/**
 * An operation was still pending when the time given for it was over; it may yet succeed.
 *
 * Run `pulumi refresh`, then `pulumi up`. If it takes that long, allow more with `timeouts`.
 */
export class OperationTimeoutError extends ExoscaleSshError {
  readonly code = "API_OPERATION_TIMEOUT";

  constructor(
    /** What was asked, in words that follow "could not". */
    readonly what: string,
    /** What was waited for: `operation <id>` or `instance <id>`. */
    readonly waitedFor: string,
    /** Seconds that the wait lasted. */
    readonly seconds: number,
    cause?: unknown,
    /** How a program gives more time, in words that follow "or"; default: `timeouts` in general. */
    remedy = "allow more time with `timeouts`",
  ) {
    super(
      `Gave up waiting to ${what}: ${waitedFor} ${cause ? "could not be seen to end" : "was still pending after"} ` +
        `${cause ? "within " : ""}${seconds} s and may yet succeed. ` +
        `Run \`pulumi refresh\` and then \`pulumi up\` to go on from there, or ${remedy}.`,
      { cause },
    );
  }
}

/**
 * The account already has an SSH key with that name.
 *
 * Choose another name, or delete that key. If it is the same key, `adopt: true` takes it over.
 */
export class KeyNameTakenError extends ExoscaleSshError {
  readonly code = "API_KEY_NAME_TAKEN";

  constructor(
    /** Name of the key. */
    readonly keyName: string,
    /** MD5 fingerprint that the account has under that name. */
    readonly registered: string,
    /** MD5 fingerprint of the key that was to be registered. */
    readonly wanted: string,
  ) {
    super(
      registered === wanted
        ? `The account already has this very key under the name "${keyName}" (fingerprint ${registered}). ` +
            "Set `adopt: true` to take it over, or choose another name."
        : `The account already has another SSH key under the name "${keyName}": its fingerprint is ${registered}, ` +
            `the fingerprint of the key to register is ${wanted}. Choose another name, or delete that key first.`,
    );
  }
}

/**
 * The account has the key under another name already, and Exoscale refused to register it under a second one.
 *
 * Give that `name` and `adopt: true`, or delete the other registration first.
 */
export class KeyMaterialTakenError extends ExoscaleSshError {
  readonly code = "API_KEY_MATERIAL_TAKEN";

  constructor(
    /** What Exoscale said. */
    refusal: ApiError,
    /** Name under which the account has the key. */
    readonly otherName: string,
  ) {
    super(
      `${refusal.message} The account already has this very key under the name "${otherName}". Use it under that name, ` +
        `which \`adopt: true\` permits, or delete it first. If it is the pair that this one replaces, set ` +
        "`deleteBeforeReplace: true` in the resource's options, and `allowLockout: true` if it has a private half.",
      { cause: refusal },
    );
  }
}

/** Joins what is there into sentences, each with exactly one full stop. */
function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map((part) => `${part.trim().replace(/[.\s]+$/, "")}.`)
    .join(" ");
}

// --- Resources --------------------------------------------------------------------------------------------------

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

// --- SSH to a host ----------------------------------------------------------------------------------------------

/**
 * A host, port or user name that no SSH address can have, or that could be taken for an option of a command.
 *
 * Correct `connection.host`, `port` or `user`.
 */
export class InvalidTargetError extends ExoscaleSshError {
  readonly code = "SSH_TARGET_INVALID";
}

/**
 * A known host key that is neither an OpenSSH public key, nor its base64, nor a `SHA256:` fingerprint.
 *
 * Give `connection.hostKey` as `ssh-ed25519 AAAA...` or `SHA256:...`, as `ssh-keyscan` and `ssh-keygen -l` show it.
 */
export class InvalidHostKeyError extends ExoscaleSshError {
  readonly code = "SSH_HOST_KEY_INVALID";
}

/**
 * A host showed another key than the ones known for it. Nothing was sent to it: no user name, no key, no command.
 *
 * Find out why before you log in: another machine may answer under that address. Then correct `connection.hostKey`, or
 * replace the instance.
 */
export class HostKeyChangedError extends ExoscaleSshError {
  readonly code = "SSH_HOST_KEY_CHANGED";
}

/**
 * A host showed its key for the first time, where only known hosts are allowed. Nothing was sent to it.
 *
 * Give the host's key as `connection.hostKey`.
 */
export class UnknownHostKeyError extends ExoscaleSshError {
  readonly code = "SSH_HOST_KEY_UNKNOWN";
}

/**
 * Why no SSH server was reached: `refused` nothing listens; `timeout` no answer, or a connection that stays silent;
 * `dropped` the connection ended before the key exchange did; `no-address` the name does not resolve; `no-route` the
 * network says that it cannot get there.
 */
export type UnreachableKind = "refused" | "timeout" | "dropped" | "no-address" | "no-route";

/**
 * No SSH server could be spoken to. Says nothing about keys: what was open on that host is still open.
 *
 * Open the port in a security group for the network that Pulumi runs in, and check that the machine runs.
 */
export class SshUnreachableError extends ExoscaleSshError {
  readonly code = "SSH_UNREACHABLE";

  constructor(
    message: string,
    /** What happened, for code that decides whether to try again. */
    readonly kind: UnreachableKind,
  ) {
    super(message);
  }
}

/**
 * The server and this client have no algorithm in common, or what answers does not speak SSH.
 *
 * Check that sshd listens on that port, and that it offers algorithms without SHA-1.
 */
export class SshProtocolError extends ExoscaleSshError {
  readonly code = "SSH_PROTOCOL";
}

/**
 * The server refused every credential. The message lists them by fingerprint.
 *
 * Check user and key: the message lists what was tried.
 */
export class SshLoginRefusedError extends ExoscaleSshError {
  readonly code = "SSH_LOGIN_REFUSED";
}

/**
 * The bastion refused every credential, so the host behind it was not spoken to. Says nothing about keys of that host.
 *
 * Give the bastion a `privateKey` that logs in there; without one it gets the credentials of the host behind it.
 */
export class BastionLoginRefusedError extends ExoscaleSshError {
  readonly code = "SSH_BASTION_LOGIN_REFUSED";
}

/**
 * An SSH server was reached and did not finish a step (key exchange, login, command) in the time given.
 *
 * Check the load of the host and the network, and run `pulumi up` again.
 */
export class SshTimeoutError extends ExoscaleSshError {
  readonly code = "SSH_TIMEOUT";
}

/**
 * A connection ended during or after login, before what was asked for was done.
 *
 * Run `pulumi up` again. If it stays, look into the log of sshd on the host.
 */
export class SshConnectionLostError extends ExoscaleSshError {
  readonly code = "SSH_CONNECTION_LOST";
}

/**
 * The server would not run a command, or the command wrote more than the caller allows.
 *
 * Check the login shell of the user on the host.
 */
export class SshCommandError extends ExoscaleSshError {
  readonly code = "SSH_COMMAND";
}

/**
 * A login succeeds and no command can be run with it: the user's shell is `nologin` or a restricted one, or the key's line
 * in `authorized_keys` has a forced command.
 *
 * Use a `connection.user` that has a shell, or a key without a forced command.
 */
export class SshNoShellError extends ExoscaleSshError {
  readonly code = "SSH_NO_SHELL";
}

// --- Keys on a host ---------------------------------------------------------------------------------------------

/**
 * Removing a key would have left no key that is known to open the account. Nothing was removed.
 *
 * Add another key first, or set `allowLockout: true` if nobody needs to log in any more.
 */
export class LastKeyError extends ExoscaleSshError {
  readonly code = "SSH_LAST_KEY";
}

/**
 * A key was removed from every authorized_keys file that could be read, and the host accepts it all the same.
 *
 * The message names what else may grant it: a certificate authority, an AuthorizedKeysCommand, a file that could not be
 * read, another account. Take it away there, and run `pulumi up` again.
 */
export class KeyStillOpenError extends ExoscaleSshError {
  readonly code = "SSH_KEY_STILL_OPEN";
}

/**
 * Whether a key is closed, or a new one open, could not be proven: files could not be read, or the host gave no answer.
 *
 * Nothing is concluded from that. Do what the message says, and run `pulumi up` again.
 */
export class KeyUnprovenError extends ExoscaleSshError {
  readonly code = "SSH_KEY_UNPROVEN";
}

/**
 * A key is to be added, and is in authorized_keys already with other options. sshd goes by the first line of a key, so a
 * second one would do nothing. Nothing was changed.
 *
 * Remove that line, or declare the key as an AuthorizedKey with the options that it is to have.
 */
export class KeyRestrictedError extends ExoscaleSshError {
  readonly code = "SSH_KEY_RESTRICTED";
}

/**
 * A key was added to authorized_keys and sshd does not accept it. It was taken out again.
 *
 * The usual reasons: `PubkeyAuthentication no`, permissions of the home directory that StrictModes refuses, a
 * `RevokedKeys` file, a kind of key that the server does not take.
 */
export class KeyNotAcceptedError extends ExoscaleSshError {
  readonly code = "SSH_KEY_NOT_ACCEPTED";
}

/**
 * An authorized_keys file could not be changed safely: it is immutable, the disk is full or read-only, the account may
 * not write it, somebody keeps editing it. It is as it was.
 *
 * The message has the host's own words. Mend that, and run `pulumi up` again.
 */
export class KeysNotWrittenError extends ExoscaleSshError {
  readonly code = "SSH_KEYS_NOT_WRITTEN";
}

/**
 * After a change of authorized_keys the key that logs in did not get in any more, so the files were put back as they were,
 * over the connection that was still open.
 *
 * Look at the host's sshd: it may read other files than it says. Then run `pulumi up` again.
 */
export class KeysRolledBackError extends ExoscaleSshError {
  readonly code = "SSH_KEYS_ROLLED_BACK";
}

/**
 * That an AuthorizedKey is closed could not be proven: its host was not reached, let nobody in, or was another one. The key
 * may still open the account.
 *
 * Make the host reachable, or give a `connection` that logs in and run `pulumi up`, then delete again. For a machine or an
 * account that is gone for good have Pulumi forget the key with `pulumi state delete`; the message has the command.
 */
export class KeyNotRemovedError extends ExoscaleSshError {
  readonly code = "SSH_KEY_NOT_REMOVED";
}

/**
 * An instance with `pinHostKey` could not be given a host key of its own, or somebody else answered in its place. Nothing
 * is trusted: the host key that is known is the one that it was given, if it shows that.
 *
 * The message says what was found: another host key (the template may not take host keys from cloud-init, or somebody is
 * in between), a user who may not use `sudo`, an sshd that does not read its keys anew. Mend it and run `pulumi up` again,
 * or set `pinHostKey: false`, which goes on without.
 */
export class HostKeyNotPinnedError extends ExoscaleSshError {
  readonly code = "SSH_HOST_KEY_NOT_PINNED";
}
