import type { Account, Instance, SshKey, ZoneAccount } from "../../account";
import { NotInAccountError } from "../../errors";
import { equalValues } from "../contract/description";
import { findGroupIds, type GroupKind } from "../group_choice";
import { OWNER_LABEL, programLabels } from "../labels/reserved_labels";
import type { InstanceInputs, SshKeyReference } from "./fields";
import type { Remembered } from "./job";
import { declarableKeys, firstRecord } from "./keys/given_keys";
import { injectedKeyIn } from "./pin_host_key/injection";
import { decodeUserData } from "./user_data";
import { typeName } from "./zone_catalogue";

/**
 * The inputs as the API has them, in the program's own form where that means the same.
 *
 * @param base the last inputs
 */
export async function readInputs(
  account: Account,
  zone: ZoneAccount,
  found: Instance,
  base: InstanceInputs,
): Promise<InstanceInputs> {
  const type = (await zone.instanceTypes()).find(({ id }) => id === found["instance-type"]?.id);
  const labels = programLabels(found.labels);
  return {
    ...base,
    name: found.name,
    type: type && typeName(type) !== base.type.toLowerCase() ? typeName(type) : base.type,
    diskSize: found["disk-size"] ?? base.diskSize,
    publicIpAssignment: found["public-ip-assignment"] ?? base.publicIpAssignment,
    labels: equalValues(labels, base.labels) ? base.labels : labels,
    securityGroups: await readGroups(account, "securityGroups", base.securityGroups, found["security-groups"] ?? []),
    antiAffinityGroups: await readGroups(
      account,
      "antiAffinityGroups",
      base.antiAffinityGroups,
      found["anti-affinity-groups"],
    ),
    userData: declaredUserData(found, base.userData),
  };
}

/** What there is before the first read of an instance that no state has: inputs, and what it was given so far. */
export function beginImport(
  zone: ZoneAccount,
  found: Instance,
  registered: readonly SshKey[],
): { inputs: InstanceInputs; remembered: Remembered } {
  const heldKeys = firstRecord(found, registered);
  const owner = found.labels?.[OWNER_LABEL];
  const inputs = importedInputs(zone, found, declarableKeys(found, heldKeys, registered));
  return { inputs, remembered: { heldKeys, ...(owner !== undefined && { owner }), deletionProtection: false } };
}

function importedInputs(zone: ZoneAccount, found: Instance, sshKeys: SshKeyReference[]): InstanceInputs {
  return {
    zone: zone.name,
    name: found.name,
    type: "",
    template: found.template?.id ?? "",
    diskSize: 0,
    publicIpAssignment: "inet4",
    state: "running",
    replaceOnKeyChange: false,
    waitForSsh: false,
    autoNamed: false,
    sshKeys,
    securityGroups: [],
  };
}

/**
 * @param declared in the program's form; undefined if the program names no groups, and then none are returned
 * @param found undefined if the API says nothing about them
 */
async function readGroups(
  account: Account,
  kind: GroupKind,
  declared: string[] | undefined,
  found: readonly { readonly id: string }[] | undefined,
): Promise<string[] | undefined> {
  if (!declared || !found) return declared;
  const present = found.map(({ id }) => id);
  try {
    return equalSets(await findGroupIds(account, kind, declared), present) ? declared : present;
  } catch (error) {
    // The account no longer has a group of the program, so the instance cannot be in it.
    if (error instanceof NotInAccountError) return present;
    throw error;
  }
}

/**
 * Read only if the program declares it: user data is a secret, and the engine keeps an input secret only if it was one
 * before.
 */
function declaredUserData(found: Instance, last: string | undefined): string | undefined {
  const encoded = found["user-data"];
  // The injected host key is not the program's, and it is a secret.
  if (injectedKeyIn(encoded) !== undefined) return last;
  return last === undefined || encoded === undefined ? last : decodeUserData(encoded, last);
}

/** Whether two lists have the same items, in any order. */
export function equalSets(left: readonly string[] = [], right: readonly string[] = []): boolean {
  return equalValues([...left].sort(), [...right].sort());
}
