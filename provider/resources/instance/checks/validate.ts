import { ExoscaleSshError } from "../../../errors";
import { parsePublicKey } from "../../../keys/public_key";
import { unusableConnectionKeys } from "../../access/private_keys";
import { equalValues, isGiven, known, type PreviewedFields, UNKNOWN } from "../../contract/description";
import type { CheckFailure, OldInputs } from "../../contract/resource";
import { isReserved } from "../../labels/reserved_labels";
import type { InstanceInputs } from "../fields";
import { keysInList } from "../keys/keys";
import { validatePinHostKey } from "../pin_host_key/validate";
import { encodeUserData, MAX_USER_DATA_LENGTH } from "../user_data";

type Inputs = PreviewedFields<InstanceInputs>;

/** Checks an instance's inputs without asking the account. */
export async function validateInstance(inputs: Inputs, olds: OldInputs<InstanceInputs>): Promise<CheckFailure[]> {
  return [
    ...reservedLabelsUsed(inputs),
    ...userDataTooShortOrLong(inputs),
    ...unreadableKeys(inputs),
    ...keyTwice(inputs),
    ...noAddress(inputs, olds),
    ...groupsWithoutAddress(inputs, olds),
    ...validatePinHostKey(inputs, olds),
    ...zoneMissing(inputs),
    // Older versions accepted any text. A program that keeps it is not refused.
    ...(equalValues(olds?.connection, inputs.connection) ? [] : await unusableConnectionKeys(inputs.connection)),
  ];
}

function reservedLabelsUsed(inputs: Inputs): CheckFailure[] {
  return Object.keys(known(inputs.labels) ?? {})
    .filter(isReserved)
    .map((name) => ({
      property: `labels.${name}`,
      reason: `Labels that begin with "exoscale-ssh." are reserved for this provider. Rename it.`,
    }));
}

function userDataTooShortOrLong(inputs: Inputs): CheckFailure[] {
  const text = known(inputs.userData);
  if (text === undefined) return [];
  if (text === "") return [{ property: "userData", reason: "User data is empty. Leave it out." }];
  const sent = encodeUserData(text).length;
  if (sent <= MAX_USER_DATA_LENGTH) return [];
  const reason =
    `User data has ${Buffer.byteLength(text)} bytes, ${sent} in base64; Exoscale accepts ${MAX_USER_DATA_LENGTH} in ` +
    `base64, which is ${(MAX_USER_DATA_LENGTH / 4) * 3} bytes of text. Shorten it, let it fetch the rest, or give it ` +
    "as base64 of gzip, which cloud-init unpacks.";
  return [{ property: "userData", reason }];
}

function unreadableKeys(inputs: Inputs): CheckFailure[] {
  return keysInList(inputs.sshKeys).flatMap((key, index) => {
    const text = known(key.publicKeyOpenssh);
    if (text === undefined) return [];
    try {
      parsePublicKey(text);
      return [];
    } catch (error) {
      if (!(error instanceof ExoscaleSshError)) throw error;
      return [{ property: `sshKeys[${index}].publicKeyOpenssh`, reason: error.message }];
    }
  });
}

function keyTwice(inputs: Inputs): CheckFailure[] {
  const names = keysInList(inputs.sshKeys).map((key) => known(key.name));
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ property: `sshKeys[${index}].name`, reason: `SSH key "${name}" is given twice. Remove one of them.` }]
      : [],
  );
}

/** Older versions checked less and accepted this, with a connection. A program that keeps it is not refused. */
function noAddress(inputs: Inputs, olds: OldInputs<InstanceInputs>): CheckFailure[] {
  if (!waitsNowhere(inputs) || (olds && waitsNowhere(olds))) return [];
  const reason = "waitForSsh needs an address to wait at. Remove it, or set publicIpAssignment or connection.host.";
  return [{ property: "waitForSsh", reason }];
}

function waitsNowhere({ waitForSsh, publicIpAssignment, connection }: Inputs): boolean {
  return waitForSsh === true && publicIpAssignment === "none" && !hasHost(connection);
}

function hasHost(connection: Inputs["connection"]): boolean {
  return connection === UNKNOWN || (typeof connection === "object" && isGiven(connection.host));
}

/**
 * The API accepts such groups and ignores them, so each refresh would show them as removed. Older versions checked less
 * and accepted them. A program that keeps them is not refused, even if a refresh has emptied the list in its state.
 */
function groupsWithoutAddress(
  { publicIpAssignment, securityGroups }: Inputs,
  olds: OldInputs<InstanceInputs>,
): CheckFailure[] {
  if (publicIpAssignment !== "none" || !Array.isArray(securityGroups) || securityGroups.length === 0) return [];
  if (olds?.publicIpAssignment === "none" && olds.securityGroups !== undefined) return [];
  const reason =
    "An instance without a public address is in no security group: Exoscale ignores them. Remove securityGroups, or " +
    "set publicIpAssignment to inet4 or dual.";
  return [{ property: "securityGroups", reason }];
}

/** The program gives no zone, and the provider has no default. */
function zoneMissing(inputs: Inputs): CheckFailure[] {
  if (isGiven(inputs.zone)) return [];
  return [
    {
      property: "zone",
      reason: "No zone is given. Set zone, or a default for the stack: pulumi config set exoscale-ssh:zone ch-gva-2.",
    },
  ];
}
