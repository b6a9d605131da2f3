import { isIPv6 } from "node:net";
import { InvalidTargetError } from "../errors";
import type { HostKey } from "./connection/host_key";
import { checkAddress, checkTarget, type SshTarget } from "./connection/target";

/** Optional settings of a `Host` block. */
export interface SshConfigOptions {
  /** File with the private key. The client then offers only this key. */
  readonly identityFile?: string;
  /** File with the host's `knownHostsLine`. The client then refuses an unknown or changed key. */
  readonly knownHostsFile?: string;
  /** Host through which to connect. */
  readonly bastion?: SshTarget;
}

/** The line for a host in a `known_hosts` file, without a newline. Throws InvalidTargetError. */
export function knownHostsLine(target: Pick<SshTarget, "host" | "port">, hostKey: HostKey): string {
  checkAddress(target);
  const name = target.port === 22 ? target.host : `[${target.host}]:${target.port}`;
  return `${name} ${hostKey.type} ${hostKey.base64}`;
}

/** The command to log in manually, through a bastion if there is one. Throws InvalidTargetError if a shell could misread it. */
export function sshCommand(target: SshTarget, bastion?: SshTarget): string {
  checkTarget(target);
  const jumpOption = bastion === undefined ? "" : `-J ${shellWord(jump(bastion))} `;
  const portOption = target.port === 22 ? "" : `-p ${target.port} `;
  return `ssh ${jumpOption}${portOption}${shellWord(`${target.user}@${target.host}`)}`;
}

/** A `Host` block for `~/.ssh/config`, ending with a newline. Throws InvalidTargetError. */
export function sshConfig(alias: string, target: SshTarget, options: SshConfigOptions = {}): string {
  checkTarget(target);
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(alias)) {
    throw new InvalidTargetError(
      `${JSON.stringify(alias)} is no alias for an SSH config: use letters, digits, _ . and -.`,
    );
  }
  const { identityFile, knownHostsFile, bastion } = options;
  const settings = [
    `HostName ${configValue(target.host)}`,
    `Port ${target.port}`,
    `User ${target.user}`,
    ...(identityFile === undefined ? [] : [`IdentityFile ${configValue(identityFile)}`, "IdentitiesOnly yes"]),
    ...(knownHostsFile === undefined
      ? []
      : [`UserKnownHostsFile ${configValue(knownHostsFile)}`, "StrictHostKeyChecking yes"]),
    ...(bastion === undefined ? [] : [`ProxyJump ${jump(bastion)}`]),
  ];
  return `Host ${alias}\n${settings.map((setting) => `  ${setting}\n`).join("")}`;
}

function jump(bastion: SshTarget): string {
  checkTarget(bastion);
  const host = isIPv6(bastion.host) ? `[${bastion.host}]` : bastion.host;
  return `${bastion.user}@${host}:${bastion.port}`;
}

/** Quotes blanks and escapes `%`, which starts a token. OpenSSH has no escape for a quote or a newline. */
function configValue(text: string): string {
  if (/["\r\n\0]/.test(text)) {
    throw new InvalidTargetError(
      `${JSON.stringify(text)} cannot be written in an SSH config: remove quotes and line breaks.`,
    );
  }
  const escaped = text.replaceAll("%", "%%");
  return /[\s#]/.test(escaped) ? `"${escaped}"` : escaped;
}

/** Quotes `$` and `\\`, which user names may contain, and the brackets of an IPv6 address. */
function shellWord(text: string): string {
  return /[\\$[]/.test(text) ? `'${text}'` : text;
}
