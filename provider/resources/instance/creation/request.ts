import type { Account, Instance, ZoneAccount } from "../../../account";
import { KeysNotInstalledError } from "../../../errors";
import { parsePublicKey } from "../../../keys/public_key";
import { identityDigest } from "../../contract/identity";
import { findGroupIds } from "../../group_choice";
import { heldKeyLabel, heldKeyMd5Label } from "../../labels/key_labels";
import { CREATING_LABEL, type Labels, OWNER_LABEL, RESOURCE_LABEL } from "../../labels/reserved_labels";
import type { InstanceInputs, InstanceState } from "../fields";
import { wasBootedWith } from "../keys/keys";
import {
  type InjectedKey,
  injectedKeyIn,
  sameButForKey,
  withInjectedKey,
  withoutInjectedKey,
} from "../pin_host_key/injection";
import { encodeUserData } from "../user_data";
import { chooseTemplate, chooseType, installsNoKeys } from "../zone_catalogue";

/** What a creation knows besides the inputs: the owner of the instance, and the keys that it gets. */
export interface Owner {
  readonly owner: string;
  readonly heldKeys: InstanceState["heldKeys"];
  /** The host key to inject for the first connection. Absent: none. */
  readonly injected?: InjectedKey | undefined;
}

/** The body of create-instance. @throws KeysNotInstalledError for keys that the API might ignore */
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

/** Whether user data is what a creation with `pinHostKey` leaves in the end. */
function isWithoutItsKey(found: string | undefined, wanted: string | undefined, userData: string | undefined) {
  return injectedKeyIn(wanted) !== undefined && found === withoutInjectedKey(userData);
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
    ...Object.fromEntries(heldKeys.flatMap(bootKeyLabels).map((label) => [label, "boot"])),
    [OWNER_LABEL]: owner,
    ...(digest !== undefined && { [CREATING_LABEL]: digest, [RESOURCE_LABEL]: digest }),
  };
}

/** One label, by the stronger fingerprint that is known; none if no fingerprint is. */
function bootKeyLabels({ publicKeyOpenssh, fingerprintMd5 }: Owner["heldKeys"][number]): string[] {
  if (publicKeyOpenssh !== undefined) return [heldKeyLabel(parsePublicKey(publicKeyOpenssh).fingerprintSha256)];
  return fingerprintMd5 === undefined ? [] : [heldKeyMd5Label(fingerprintMd5)];
}

/** Whether a marked instance is what the request asks for, so that it can be taken over. */
export function isAsRequested(
  instance: Instance,
  request: CreationRequest,
  { userData }: Pick<InstanceInputs, "userData">,
  { heldKeys }: Pick<Owner, "heldKeys">,
) {
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
    (sameButForKey(instance["user-data"], request["user-data"]) ||
      isWithoutItsKey(instance["user-data"], request["user-data"], userData)) &&
    instance["public-ip-assignment"] === request["public-ip-assignment"] &&
    wasBootedWith(instance["ssh-keys"] ?? [], heldKeys) &&
    ids(instance["anti-affinity-groups"]) === ids(request["anti-affinity-groups"] || []) &&
    (!request["security-groups"] || ids(instance["security-groups"]) === ids(request["security-groups"]))
  );
}
