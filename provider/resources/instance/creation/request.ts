import type { Account, Instance, ZoneAccount } from "../../../account";
import { KeysNotInstalledError } from "../../../errors";
import { parsePublicKey } from "../../../keys/public_key";
import { identityDigest } from "../../contract/identity";
import { findGroupIds } from "../../group_choice";
import { heldKeyLabel, heldKeyMd5Label } from "../../labels/key_labels";
import { creatingLabel, type Labels, ownerLabel } from "../../labels/reserved_labels";
import type { InstanceInputs, InstanceState } from "../fields";
import { bootedWith } from "../keys/keys";
import { type InjectedKey, sameButForKey, withInjectedKey } from "../pin_host_key/injection";
import { encodeUserData } from "../user_data";
import { chooseTemplate, chooseType, installsNoKeys } from "../zone_catalogue";

/** What a creation knows besides the inputs: whose the instance is, and the keys that it gets. */
export interface Owner {
  readonly owner: string;
  readonly heldKeys: InstanceState["heldKeys"];
  /** The host key that it is to show at first, if that is to be known before. */
  readonly injected?: InjectedKey | undefined;
}

/** The body of create-instance for these inputs. @throws KeysNotInstalledError, for the API might just ignore the keys */
export async function buildCreationRequest(account: Account, zone: ZoneAccount, inputs: InstanceInputs, owner: Owner) {
  const [template, type] = await Promise.all([
    chooseTemplate(zone, inputs.template, account),
    chooseType(zone, inputs.type),
  ]);
  if (template["ssh-key-enabled"] === false && inputs.sshKeys?.length) {
    throw new KeysNotInstalledError(installsNoKeys(template));
  }
  const groups = inputs.securityGroups && (await findGroupIds(account, "securityGroups", inputs.securityGroups));
  const apart =
    inputs.antiAffinityGroups && (await findGroupIds(account, "antiAffinityGroups", inputs.antiAffinityGroups));
  return {
    name: inputs.name,
    "disk-size": inputs.diskSize,
    "instance-type": { id: type.id },
    template: { id: template.id },
    ...(inputs.sshKeys?.length && { "ssh-keys": inputs.sshKeys.map(({ name }) => ({ name })) }),
    ...(groups && { "security-groups": groups.map((id) => ({ id })) }),
    ...(apart?.length && { "anti-affinity-groups": apart.map((id) => ({ id })) }),
    ...userDataOf(inputs, owner),
    "public-ip-assignment": inputs.publicIpAssignment,
    "auto-start": inputs.state === "running",
    labels: labelsAtCreation(inputs, owner),
  };
}

function userDataOf({ userData }: InstanceInputs, { injected }: Owner): { "user-data"?: string } {
  if (injected) return { "user-data": withInjectedKey(userData, injected) };
  return userData === undefined ? {} : { "user-data": encodeUserData(userData) };
}

export type CreationRequest = Awaited<ReturnType<typeof buildCreationRequest>>;

function labelsAtCreation(inputs: InstanceInputs, { owner, heldKeys }: Owner): Labels {
  const digest = identityDigest(inputs.identity);
  return {
    ...inputs.labels,
    ...Object.fromEntries(heldKeys.flatMap(heldKeyLabels).map((label) => [label, "boot"])),
    [ownerLabel]: owner,
    ...(digest !== undefined && { [creatingLabel]: digest }),
  };
}

function heldKeyLabels({ publicKeyOpenssh, fingerprintMd5 }: Owner["heldKeys"][number]): string[] {
  if (publicKeyOpenssh !== undefined) return [heldKeyLabel(parsePublicKey(publicKeyOpenssh).fingerprintSha256)];
  return fingerprintMd5 === undefined ? [] : [heldKeyMd5Label(fingerprintMd5)];
}

/** Instances that a creation by this very resource has left unfinished, of this run or of one that was cut short. */
export async function findUnfinished(zone: ZoneAccount, request: CreationRequest): Promise<Instance[]> {
  const digest = request.labels[creatingLabel];
  if (digest === undefined) return [];
  const marked = (await zone.instances.list()).filter(({ labels }) => labels?.[creatingLabel] === digest);
  const found = await Promise.all(marked.map(({ id }) => zone.instances.find(id)));
  return found.filter((instance) => instance !== undefined);
}

/** Whether an unfinished instance is what the request asks for, so that it can be taken over instead of made again. */
export function isAsRequested(instance: Instance, request: CreationRequest, { heldKeys }: Pick<Owner, "heldKeys">) {
  const ids = (groups: readonly { id: string }[] = []) =>
    groups
      .map(({ id }) => id)
      .sort()
      .join(" ");
  return (
    (instance.state === "running" || instance.state === "starting" || instance.state === "stopped") &&
    instance.template?.id === request.template.id &&
    instance["instance-type"]?.id === request["instance-type"].id &&
    instance["disk-size"] === request["disk-size"] &&
    sameButForKey(instance["user-data"], request["user-data"]) &&
    instance["public-ip-assignment"] === request["public-ip-assignment"] &&
    bootedWith(instance["ssh-keys"] ?? [], heldKeys) &&
    ids(instance["anti-affinity-groups"]) === ids(request["anti-affinity-groups"] || []) &&
    (!request["security-groups"] || ids(instance["security-groups"]) === ids(request["security-groups"]))
  );
}
