import { isIPv6 } from "node:net";
import { InvalidTargetError } from "../../errors";

/** The address of a host, and the user to log in as. */
export interface SshTarget {
  /** IPv4 or IPv6 address (without brackets), or host name. */
  readonly host: string;
  /** TCP port of sshd, usually 22. */
  readonly port: number;
  /** Account on the host, such as a template's default user `debian`. */
  readonly user: string;
}

const HOST = /^[A-Za-z0-9_:][A-Za-z0-9._:%-]*$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9._@\\+$-]*$/;

/** Throws InvalidTargetError for an impossible host, port or user, or one that a command could take for an option. */
export function checkTarget({ host, port, user }: SshTarget): void {
  checkAddress({ host, port });
  if (!USER.test(user)) {
    throw new InvalidTargetError(
      `${JSON.stringify(user)} is no user name for ${host}: letters, digits and . _ @ \\ + $ - are allowed.`,
    );
  }
}

/** Throws InvalidTargetError for an impossible host or port, or a host that a command could take for an option. */
export function checkAddress({ host, port }: Pick<SshTarget, "host" | "port">): void {
  if (!HOST.test(host)) {
    throw new InvalidTargetError(`${JSON.stringify(host)} is no host: give an IP address or a host name.`);
  }
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new InvalidTargetError(`${port} is no SSH port for ${host}: give a whole number from 1 to 65535.`);
  }
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort({ host, port }: Pick<SshTarget, "host" | "port">): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
