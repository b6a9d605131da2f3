/** Keys on a host. */
import { ExoscaleSshError } from "./base";

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
 * A change of authorized_keys failed, and not all of what it had written could be put back: the connection was gone, or
 * somebody else had edited the file. A key that was to be added may be there, one that was to go may be off.
 *
 * The message names the files. Run `pulumi up` again, which goes on: an AuthorizedKey that was being made is in the state.
 */
export class KeysNotPutBackError extends ExoscaleSshError {
  readonly code = "SSH_KEYS_NOT_PUT_BACK";

  constructor(
    message: string,
    /** Paths of the files that are not as they were, or may not be. At least one. */
    readonly files: readonly string[],
    /** Key that the host showed, `type base64`. */
    readonly hostKey: string,
    /** Why the change failed. */
    cause: unknown,
  ) {
    super(message, { cause });
  }
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
