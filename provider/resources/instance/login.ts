import type { Account, Instance } from "../../account";
import { bastionOf } from "../access/credentials";
import { findTemplateUser } from "../machine";
import type { InstanceInputs, InstanceState } from "./fields";

/** The user to log in as: the connection's, else the template's. */
export async function findLoginUser(
  account: Account,
  inputs: InstanceInputs,
  instance: Instance,
): Promise<string | undefined> {
  return inputs.connection?.user ?? (await findDefaultUser(account, inputs, instance));
}

/** The user of the template, who gets the keys from cloud-init. */
export async function findDefaultUser(
  account: Account,
  inputs: Pick<InstanceInputs, "zone">,
  instance: Instance,
): Promise<string | undefined> {
  return await findTemplateUser(account, inputs.zone, instance.template?.id);
}

/** The address of an instance's sshd: the public IPv4 address, unless the connection names another. */
export function sshTarget(
  account: Account,
  inputs: Pick<InstanceInputs, "connection">,
  instance: Instance,
  user: string | undefined,
) {
  const host = inputs.connection?.host ?? instance["public-ip"];
  const port = inputs.connection?.port ?? account.sshPort;
  return host === undefined || user === undefined ? undefined : { host, port, user };
}

/** What a person needs to log in: the command, a `Host` block, and lines of `known_hosts`. Empty without an address. */
export function loginTexts(
  account: Account,
  inputs: InstanceInputs,
  instance: Instance,
  user: string | undefined,
  hostKeys: readonly string[] | undefined,
): Pick<InstanceState, "sshCommand" | "sshConfig" | "knownHosts"> {
  const target = sshTarget(account, inputs, instance, user);
  if (!target) return {};
  const bastion = bastionOf(inputs.connection, target.user);
  const { sshCommand, sshConfig, knownHostsLine } = account.ssh;
  // A login by the other address reaches the same sshd.
  const ipv6 = inputs.connection?.host === undefined ? instance["ipv6-address"] : undefined;
  const places = [target, ...(ipv6 === undefined ? [] : [{ ...target, host: ipv6 }])];
  const lines = hostKeys?.flatMap((line) => places.map((place) => `${knownHostsLine(place, hostKeyOf(line))}\n`));
  const [hostKey] = hostKeys ?? [];
  const options = { ...(bastion && { bastion }), ...(hostKey !== undefined && { hostKey: hostKeyOf(hostKey) }) };
  return {
    sshCommand: sshCommand(target, options),
    sshConfig: sshConfig(aliasOf(instance), target, options),
    ...(lines && { knownHosts: lines.join("") }),
  };
}

/** The instance's name as an alias in an SSH config, which does not allow every character. */
function aliasOf({ name }: Instance): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, "-").replace(/^[.-]+/, "") || "instance";
}

/** Parses a host key in the form of the state, `type base64`. */
function hostKeyOf(line: string) {
  const [type = "", base64 = ""] = line.split(" ");
  return { type, base64, fingerprintSha256: "" };
}
