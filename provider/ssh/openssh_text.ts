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
  /** Key that the host has to show. The client then asks nothing at the first login. */
  readonly hostKey?: HostKey | undefined;
}

/** Optional parts of a command to log in. */
export type SshCommandOptions = Pick<SshConfigOptions, "bastion" | "hostKey">;

/** The line for a host in a `known_hosts` file, without a newline. Throws InvalidTargetError. */
export function knownHostsLine(target: Pick<SshTarget, "host" | "port">, hostKey: HostKey): string {
  checkAddress(target);
  const name = target.port === 22 ? target.host : `[${target.host}]:${target.port}`;
  return `${name} ${hostKey.type} ${hostKey.base64}`;
}

/**
 * The command to log in manually, through a bastion if there is one. Options for the host key are last, and in double
 * quotes, which every shell reads in the same way. Throws InvalidTargetError if a shell could misread it.
 */
export function sshCommand(target: SshTarget, { bastion, hostKey }: SshCommandOptions = {}): string {
  checkTarget(target);
  const jumpOption = bastion === undefined ? "" : `-J ${shellWord(jump(bastion))} `;
  const portOption = target.port === 22 ? "" : `-p ${target.port} `;
  const trust = hostKeySettings(target, hostKey).map(([name, value]) => ` -o ${quoted(`${name}=${value}`)}`);
  return `ssh ${jumpOption}${portOption}${shellWord(`${target.user}@${target.host}`)}${trust.join("")}`;
}

/**
 * Settings with which OpenSSH expects a host key without a file that has it. `KnownHostsCommand` exists from 8.5 on; an
 * older client ignores it, and asks. Only the kind of the key is accepted, or a stranger with a key of another kind would
 * be asked about.
 */
function hostKeySettings(target: SshTarget, hostKey: HostKey | undefined): [name: string, value: string][] {
  if (hostKey === undefined) return [];
  // It starts a token in this setting.
  const line = knownHostsLine(target, hostKey).replaceAll("%", "%%");
  const algorithms = hostKey.type === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : hostKey.type;
  return [
    // Another value would take the place of the one in the user's own configuration.
    ["IgnoreUnknown", "*"],
    ["KnownHostsCommand", `/bin/echo ${line}`],
    ["HostKeyAlgorithms", algorithms],
  ];
}

/** In quotes where a shell would split or expand it. It has no character that quotes do not protect. */
function quoted(setting: string): string {
  return /[\s*[]/.test(setting) ? `"${setting}"` : setting;
}

/** A `Host` block for `~/.ssh/config`, ending with a newline. Throws InvalidTargetError. */
export function sshConfig(alias: string, target: SshTarget, options: SshConfigOptions = {}): string {
  checkTarget(target);
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(alias)) {
    throw new InvalidTargetError(
      `${JSON.stringify(alias)} is no alias for an SSH config: use letters, digits, _ . and -.`,
    );
  }
  const { identityFile, knownHostsFile, bastion, hostKey } = options;
  const settings = [
    `HostName ${configValue(target.host)}`,
    `Port ${target.port}`,
    `User ${target.user}`,
    ...(identityFile === undefined ? [] : [`IdentityFile ${configValue(identityFile)}`, "IdentitiesOnly yes"]),
    ...(knownHostsFile === undefined
      ? []
      : [`UserKnownHostsFile ${configValue(knownHostsFile)}`, "StrictHostKeyChecking yes"]),
    ...hostKeySettings(target, hostKey).map(([name, value]) => `${name} ${value}`),
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
