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
 * A key was removed from every authorized_keys file that could be read, but the host still accepts it.
 *
 * The message names the file and the line if something put it back, and what else may grant it: a certificate authority,
 * an AuthorizedKeysCommand. Remove it there, and run `pulumi up` again.
 */
export class KeyStillOpenError extends ExoscaleSshError {
  readonly code = "SSH_KEY_STILL_OPEN";
}

/**
 * It could not be proven that a host refuses an old key, or that it accepts a new one: files could not be read, its sshd
 * reads others than it says, the host did not answer, its sshd never says that it refuses a key (`MaxAuthTries 1`), or
 * it is not known which key it is.
 *
 * Do what the message says, and run `pulumi up` again. Until then the key counts as neither refused nor accepted.
 */
export class KeyUnprovenError extends ExoscaleSshError {
  readonly code = "SSH_KEY_UNPROVEN";
}

/**
 * A key that is to be added is already in a file that sshd reads, with other options. sshd uses the first line of a key
 * whose `from=` and `expiry-time=` match. So the new line would have no effect, or the other one would let the key in
 * without the new line's options. The files are as they were.
 *
 * The message names the file and the line. Remove that line, or declare the key as an AuthorizedKey with the options that
 * it should have.
 */
export class KeyRestrictedError extends ExoscaleSshError {
  readonly code = "SSH_KEY_RESTRICTED";
}

/**
 * A key was added to authorized_keys, but sshd does not accept it. It was removed again.
 *
 * Look for the cause on the host. Usual ones are `PubkeyAuthentication no`, `PermitRootLogin no`, permissions of the
 * home directory that StrictModes refuses, a `RevokedKeys` file, and a kind of key that the server does not accept.
 */
export class KeyNotAcceptedError extends ExoscaleSshError {
  readonly code = "SSH_KEY_NOT_ACCEPTED";
}

/**
 * An authorized_keys file could not be changed safely: it is immutable, the disk is full or read-only, the account may
 * not write it, or somebody keeps editing it. The file is unchanged.
 *
 * The message has the host's own words. Correct the cause, and run `pulumi up` again.
 */
export class KeysNotWrittenError extends ExoscaleSshError {
  readonly code = "SSH_KEYS_NOT_WRITTEN";
}

/**
 * After a change of authorized_keys the host no longer accepted the key that logs in. So the files were restored over
 * the connection that was still open.
 *
 * Check sshd on the host: it may read other files than its configuration says. Then run `pulumi up` again.
 */
export class KeysRolledBackError extends ExoscaleSshError {
  readonly code = "SSH_KEYS_ROLLED_BACK";
}

/**
 * A change of authorized_keys failed, and not every file could be restored: the connection was lost, or somebody else
 * had edited the file. A new key may be in it, an old key may be missing.
 *
 * The message names the files. Run `pulumi up` again: it continues the change. An AuthorizedKey that was being created
 * is in the state.
 */
export class KeysNotPutBackError extends ExoscaleSshError {
  readonly code = "SSH_KEYS_NOT_PUT_BACK";

  constructor(
    message: string,
    /** Paths of the files that were not restored, or may not be. At least one. */
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
 * It could not be proven that a host refuses an AuthorizedKey: the host could not be reached, accepted no login, or was
 * another one. The key may still open the account.
 *
 * Make the host reachable, or give a `connection` that logs in and run `pulumi up`; then delete the key again. If the
 * machine or the account is gone for good, remove the key from the state with `pulumi state delete`; the message has
 * the command.
 */
export class KeyNotRemovedError extends ExoscaleSshError {
  readonly code = "SSH_KEY_NOT_REMOVED";
}

/**
 * An instance with `pinHostKey` could not be given its own host key, or another machine answered in its place. The only
 * trusted host key is the one that the instance was created with, and only if it shows that key.
 *
 * The message says what was found: another host key (the template may not take host keys from cloud-init, or somebody
 * intercepts the connection), a user who may not use `sudo`, or an sshd that does not reload its keys. Correct that and
 * run `pulumi up` again, or set `pinHostKey: false` to continue without it.
 */
export class HostKeyNotPinnedError extends ExoscaleSshError {
  readonly code = "SSH_HOST_KEY_NOT_PINNED";
}
