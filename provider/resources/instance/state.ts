import type { Account, Instance, SshKey } from "../../account";
import { only } from "../contract/state";
import { type InstanceInputs, type InstanceState, instanceInputs } from "./fields";
import { listedKeys, staleKeys } from "./keys";
import { creatingLabel } from "./reserved_labels";

/** What an instance's state keeps that the API does not know. */
export type Remembered = Pick<InstanceState, "heldKeys" | "hostKeys" | "owner">;

/** The whole state of an instance: what the program declares, what the API has, what we remember. */
export async function instanceState(
  account: Account,
  inputs: InstanceInputs,
  instance: Instance,
  remembered: Remembered,
): Promise<InstanceState> {
  const user = await loginUser(account, inputs, instance);
  const registered = await account.sshKeys.list();
  return present({
    ...inputs,
    instanceId: instance.id,
    templateId: instance.template?.id,
    state: instance.state,
    publicIp: instance["public-ip"],
    ipv6Address: instance["ipv6-address"],
    user,
    createdAt: instance["created-at"],
    ...loginTexts(account, inputs, instance, user, remembered.hostKeys),
    ...remembered,
    ...keyLists(instance, remembered, registered),
    unfinished: creatingLabel in (instance.labels ?? {}) || undefined,
  });
}

/** As whom to log in: the connection says so, else the template. */
export async function loginUser(
  account: Account,
  inputs: InstanceInputs,
  instance: Instance,
): Promise<string | undefined> {
  if (inputs.connection?.user !== undefined) return inputs.connection.user;
  const zone = await account.zone(inputs.zone);
  return instance.template ? (await zone.template(instance.template.id))?.["default-user"] : undefined;
}

function keyLists(instance: Instance, { heldKeys }: Remembered, registered: readonly SshKey[]) {
  const bootSshKeys = listedKeys(instance["ssh-keys"]);
  return { bootSshKeys, staleSshKeys: staleKeys(bootSshKeys, heldKeys, registered) };
}

/** Where sshd of an instance is: its public address, unless the connection says otherwise. */
export function sshTarget(account: Account, inputs: InstanceInputs, instance: Instance, user: string | undefined) {
  const host = inputs.connection?.host ?? instance["public-ip"];
  const port = inputs.connection?.port ?? account.sshPort;
  return host === undefined || user === undefined ? undefined : { host, port, user };
}

function loginTexts(
  account: Account,
  inputs: InstanceInputs,
  instance: Instance,
  user: string | undefined,
  hostKeys: readonly string[] | undefined,
): Pick<InstanceState, "sshCommand" | "sshConfig" | "knownHosts"> {
  const target = sshTarget(account, inputs, instance, user);
  if (!target) return {};
  const { sshCommand, sshConfig, knownHostsLine } = account.ssh;
  return {
    sshCommand: sshCommand(target),
    sshConfig: sshConfig(instance.name.replace(/[^A-Za-z0-9_.-]/g, "-").replace(/^[.-]+/, "") || "instance", target),
    knownHosts: hostKeys?.map((line) => `${knownHostsLine(target, hostKeyOf(line))}\n`).join(""),
  };
}

/** From the form that the state keeps, `type base64`. */
function hostKeyOf(line: string) {
  const [type = "", base64 = ""] = line.split(" ");
  return { type, base64, fingerprintSha256: "" };
}

/** The inputs that would describe an instance as it is now. What only a program can know stays as it said. */
export function inputsAsFound(state: InstanceState): InstanceInputs {
  const { state: running, ...rest } = state;
  const inputs = only(Object.keys(instanceInputs.shape), rest);
  return { ...inputs, state: running === "stopped" || running === "stopping" ? "stopped" : "running" };
}

/** The part of a state that a read or an update keeps. */
export function rememberedIn(last: InstanceState | undefined): Remembered {
  return present({ heldKeys: last?.heldKeys ?? [], hostKeys: last?.hostKeys, owner: last?.owner });
}

/** Without the fields that have no value: an absent output has no place in a state. */
export function present<T extends object>(state: { [K in keyof T]: T[K] | undefined }): T {
  // Only optional fields can have been undefined.
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as T;
}
