import type { Account, Instance } from "../../account";
import { bastionOf } from "../access/credentials";
import { findTemplateUser } from "../machine";
import type { InstanceInputs, InstanceState } from "./fields";

/** As whom to log in: the connection says so, else the template. */
export async function findLoginUser(
  account: Account,
  inputs: InstanceInputs,
  instance: Instance,
): Promise<string | undefined> {
  return inputs.connection?.user ?? (await findDefaultUser(account, inputs, instance));
}

/** The user of the template, to whom cloud-init gives the keys. */
export async function findDefaultUser(
  account: Account,
  inputs: Pick<InstanceInputs, "zone">,
  instance: Instance,
): Promise<string | undefined> {
  return await findTemplateUser(account, inputs.zone, instance.template?.id);
}

/** Where sshd of an instance is: its public IPv4 address, unless the connection says otherwise. */
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

/** What a person needs to log in: the command, a `Host` block, and lines of `known_hosts`. Nothing without an address. */
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
  // Whoever logs in by the other address meets the same sshd.
  const ipv6 = inputs.connection?.host === undefined ? instance["ipv6-address"] : undefined;
  const places = [target, ...(ipv6 === undefined ? [] : [{ ...target, host: ipv6 }])];
  const lines = hostKeys?.flatMap((line) => places.map((place) => `${knownHostsLine(place, hostKeyOf(line))}\n`));
  return {
    sshCommand: sshCommand(target, bastion),
    sshConfig: sshConfig(aliasOf(instance), target, bastion && { bastion }),
    ...(lines && { knownHosts: lines.join("") }),
  };
}

/** The instance's name as an alias in an SSH config, where not every character may stand. */
function aliasOf({ name }: Instance): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, "-").replace(/^[.-]+/, "") || "instance";
}

/** From the form that the state keeps, `type base64`. */
function hostKeyOf(line: string) {
  const [type = "", base64 = ""] = line.split(" ");
  return { type, base64, fingerprintSha256: "" };
}
