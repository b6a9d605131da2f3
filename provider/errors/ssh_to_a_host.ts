/** SSH to a host. */
import { ExoscaleSshError } from "./base";
import { withoutInvisible } from "./printable";

/**
 * A host, port or user name that no SSH address can have, or that a command could take for an option.
 *
 * Correct `connection.host`, `port` or `user`.
 */
export class InvalidTargetError extends ExoscaleSshError {
  readonly code = "SSH_TARGET_INVALID";
}

/**
 * A known host key is neither an OpenSSH public key, nor its base64, nor a `SHA256:` fingerprint. Or it is a line of
 * known_hosts that is commented out or marked `@revoked` or `@cert-authority`, or a certificate: no key to trust.
 *
 * Give `connection.hostKey` as `ssh-ed25519 AAAA...` or `SHA256:...`, as `ssh-keyscan` and `ssh-keygen -l` show it.
 */
export class InvalidHostKeyError extends ExoscaleSshError {
  readonly code = "SSH_HOST_KEY_INVALID";
}

/**
 * A host showed another key than the known ones. Nothing was sent to it: no user name, no key, no command.
 *
 * Find out why before you log in: another machine may have that address now. Then correct `connection.hostKey`, or
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
 * `dropped` the connection ended before the key exchange was complete; `no-address` the name does not resolve;
 * `no-route` the network has no route to the address.
 */
export type UnreachableKind = "refused" | "timeout" | "dropped" | "no-address" | "no-route";

/**
 * No SSH server could be reached. This says nothing about keys: a key that was accepted on that host still is.
 *
 * Open the port in a security group for the network in which Pulumi runs, and check that the machine runs.
 */
export class SshUnreachableError extends ExoscaleSshError {
  readonly code = "SSH_UNREACHABLE";
  /** The message without the system's code, which differs from try to try. Default: the message. */
  readonly withoutCode: string;

  constructor(
    message: string,
    /** What happened, for code that decides whether to try again. */
    readonly kind: UnreachableKind,
    withoutCode = message,
  ) {
    super(message);
    this.withoutCode = withoutInvisible(withoutCode);
  }
}

/**
 * The server and this client have no algorithm in common, or the port does not speak SSH, or it sends without end before
 * the login.
 *
 * Check that sshd listens on that port, and that it offers algorithms without SHA-1. If the message names the banner,
 * shorten it.
 */
export class SshProtocolError extends ExoscaleSshError {
  readonly code = "SSH_PROTOCOL";
}

/**
 * Whether a server answered about every key, or ended the connection before that (`MaxAuthTries` of its sshd, which
 * counts each key that it refuses).
 */
export type LoginRefusal = "every-key" | "too-many-tries";

/**
 * The server refused every credential. Or it refused as many as its `MaxAuthTries` allows, and ended the connection
 * before the others were tried. The message lists both by fingerprint.
 *
 * Check user and key. If keys were not tried, give the one that logs in, as `connection.privateKey` or, for a key of
 * the ssh-agent, with `connection.agentIdentity`.
 */
export class SshLoginRefusedError extends ExoscaleSshError {
  readonly code = "SSH_LOGIN_REFUSED";

  constructor(
    message: string,
    /** What the server refused. */
    readonly refusal: LoginRefusal,
  ) {
    super(message);
  }
}

/**
 * The bastion refused every credential, so the host behind it was not contacted. This says nothing about keys of that
 * host.
 *
 * Give the bastion a `privateKey` that logs in there. Without one, the credentials of the host behind it are used.
 */
export class BastionLoginRefusedError extends ExoscaleSshError {
  readonly code = "SSH_BASTION_LOGIN_REFUSED";
}

/**
 * An SSH server was reached, but did not finish a step (key exchange, login, command) in the time given.
 *
 * Check the load of the host and the network, and run `pulumi up` again.
 */
export class SshTimeoutError extends ExoscaleSshError {
  readonly code = "SSH_TIMEOUT";
}

/**
 * A connection ended during or after the login, before the work was done.
 *
 * Run `pulumi up` again. If it fails again, read the log of sshd on the host.
 */
export class SshConnectionLostError extends ExoscaleSshError {
  readonly code = "SSH_CONNECTION_LOST";
}

/**
 * The server refused to run a command, or the command wrote more output than allowed.
 *
 * Check the login shell of the user on the host, and `MaxSessions` of its sshd.
 */
export class SshCommandError extends ExoscaleSshError {
  readonly code = "SSH_COMMAND";
}

/**
 * A login succeeds, but no command can be run: the user's shell is `nologin` or a restricted one, or the key's line in
 * `authorized_keys` has a forced command, or sshd_config has a `ForceCommand` for the user.
 *
 * Use a `connection.user` that has a shell, or a key without a forced command.
 */
export class SshNoShellError extends ExoscaleSshError {
  readonly code = "SSH_NO_SHELL";
}
