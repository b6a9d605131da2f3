import type { Account, Instance, ZoneAccount } from "../../account";
import { ChangeRefusedError, NotInAccountError, ReplacementRefusedError } from "../../errors";
import { equalValues, given, hasUnknown, known, type PreviewedFields } from "../contract/description";
import type { Diff, Resource } from "../contract/resource";
import { groupIds } from "../group_choice";
import { formatAddress, parseAddress } from "./address";
import { createInstance, deadlineOf } from "./creation";
import { type InstanceInputs, type InstanceState, instanceInputs, instanceOutputs } from "./fields";
import { sameKeys } from "./keys";
import { encodeUserData } from "./request";
import { programLabels } from "./reserved_labels";
import { instanceCatalogue, instanceRules } from "./rules";
import { inputsAsFound, instanceState } from "./state";
import { updateInstance } from "./update";
import { typeName } from "./zone_catalogue";

const gone = new Set<string>(["destroying", "destroyed", "expunging"]);

/**
 * A compute instance and the SSH keys that it was given.
 *
 * Keys reach an instance once, at its first boot; no operation of the API changes them afterwards. So a change of
 * `sshKeys` is never made silently by a new instance: it is refused unless the program permits that.
 */
export const instance: Resource<InstanceInputs, InstanceState> = {
  name: "Instance",
  description:
    "A compute instance on Exoscale, provisioned with SSH keys of the account. The keys are installed at first boot " +
    "and stay valid there when they are deleted from the account.",
  inputs: instanceInputs,
  outputs: instanceOutputs,
  sameValue: {
    sshKeys: sameKeys,
    type: (last, next) => !hasUnknown(next) && last.toLowerCase() === known(next)?.toLowerCase(),
    // The state's own groups are what was found; a program that names none leaves them as they are.
    antiAffinityGroups: (last, next) => !hasUnknown(next) && equalSets(last, known(next)),
    securityGroups: (last, next) => next === undefined || (!hasUnknown(next) && equalSets(last, known(next))),
  },

  complete: (inputs, { defaultZone }) =>
    defaultZone === undefined ? inputs : { ...inputs, zone: inputs.zone ?? defaultZone },
  rules: instanceRules,
  catalogue: instanceCatalogue,
  refine,
  create: createInstance,

  async read(id, last, { account }) {
    const address = parseAddress(id);
    const zone = await account.zone(address.zone);
    const found = await zone.instances.find(address.id);
    if (!found || gone.has(found.state)) return undefined;
    const inputs = await asFound(account, zone, found, last);
    const remembered = { heldKeys: last?.heldKeys ?? [], ...(last?.hostKeys && { hostKeys: last.hostKeys }) };
    const state = await instanceState(account, inputs, found, remembered);
    return { id: formatAddress(zone, found.id), inputs: inputsAsFound(state), state };
  },

  update: (id, last, inputs, context) => updateInstance(parseAddress(id), last, inputs, context),

  async delete(id, last, { account, log }) {
    const address = parseAddress(id);
    if (account.madeInThisRun.has(address.id)) {
      log.info(`Instance ${id} was taken over by this run as its own replacement, so it is not deleted.`);
      return;
    }
    const zone = await account.zone(address.zone);
    await zone.instances.remove(address.id, deadlineOf(last, "delete"));
  },
};

/** Refuses what would cost a machine or its data by accident, and notices what an interrupted run left undone. */
function refine(diff: Diff, state: InstanceState, inputs: PreviewedFields<InstanceInputs>): Diff {
  const failed = state.state === "error";
  const replaces = [
    ...diff.replaces,
    ...(failed ? ["state"] : []),
    ...(diff.changes.includes("sshKeys") && inputs.replaceOnKeyChange === true ? ["sshKeys"] : []),
  ];
  const drifted = failed || state.unfinished === true;
  if (replaces.length > 0) return { ...diff, replaces, drifted };
  if (diff.changes.includes("sshKeys")) refuseKeyChange(state, inputs);
  refuseSmallerDisk(state, inputs);
  refuseOtherFamily(state, inputs);
  refuseWithoutUserData(state, inputs);
  return { ...diff, drifted };
}

function refuseKeyChange(state: InstanceState, inputs: PreviewedFields<InstanceInputs>): never {
  const before = (state.sshKeys ?? []).map(({ name }) => name).join(", ") || "none";
  const keep = 'keep the instance with the keys that it has: ignoreChanges: ["sshKeys", "connection"] in its options';
  const replace = "permit a new instance, disk included: replaceOnKeyChange: true";
  const inPlace = given(state.connection) || given(inputs.connection);
  throw new ReplacementRefusedError(
    `sshKeys of instance "${state.name}" changed (they were: ${before}). Keys are installed at first boot, and Exoscale ` +
      `has no operation that changes them afterwards. Either ${keep}; or ${replace}.` +
      (inPlace ? " Changing them over the declared connection is not part of this version." : ""),
  );
}

function refuseSmallerDisk(state: InstanceState, inputs: PreviewedFields<InstanceInputs>): void {
  const wanted = known(inputs.diskSize);
  if (wanted === undefined || wanted >= state.diskSize) return;
  throw new ChangeRefusedError(
    `diskSize of instance "${state.name}" cannot go from ${state.diskSize} to ${wanted} GiB: a disk can only grow. Set ` +
      `diskSize: ${state.diskSize}, or make a new instance under another name and delete this one.`,
  );
}

/** Noticed now, because it would fail only once the instance is stopped for it. */
function refuseOtherFamily(state: InstanceState, inputs: PreviewedFields<InstanceInputs>): void {
  const wanted = known(inputs.type);
  const family = (type: string) => type.toLowerCase().split(".")[0];
  if (wanted === undefined || family(wanted) === family(state.type)) return;
  throw new ChangeRefusedError(
    `type of instance "${state.name}" cannot go from ${state.type} to ${wanted}: an instance only changes within the ` +
      `same family. Choose a type of ${family(state.type)}, or make a new instance under another name and delete this one.`,
  );
}

function refuseWithoutUserData(state: InstanceState, inputs: PreviewedFields<InstanceInputs>): void {
  if (state.userData === undefined || given(inputs.userData)) return;
  throw new ChangeRefusedError(
    `userData of instance "${state.name}" cannot be removed: Exoscale can only replace it. Set it to "#cloud-config\\n{}", ` +
      "which does nothing.",
  );
}

/** The inputs with everything that the API tells otherwise, in the program's own spelling where it means the same. */
async function asFound(
  account: Account,
  zone: ZoneAccount,
  found: Instance,
  last: InstanceState | undefined,
): Promise<InstanceInputs> {
  const type = (await zone.instanceTypes()).find(({ id }) => id === found["instance-type"]?.id);
  const labels = programLabels(found.labels);
  const base = last ? inputsAsFound(last) : importedInputs(zone, found);
  return {
    ...base,
    name: found.name,
    type: type && typeName(type) !== base.type.toLowerCase() ? typeName(type) : base.type,
    diskSize: found["disk-size"] ?? base.diskSize,
    publicIpAssignment: found["public-ip-assignment"] ?? base.publicIpAssignment,
    labels: equalValues(labels, base.labels) ? base.labels : labels,
    securityGroups: await groupsAsFound(account, found, base),
    userData: userDataAsFound(found, base.userData),
  };
}

function importedInputs(zone: ZoneAccount, found: Instance): InstanceInputs {
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
    sshKeys: found["ssh-keys"]?.map(({ name }) => ({ name })),
    securityGroups: [],
  };
}

async function groupsAsFound(account: Account, found: Instance, { securityGroups }: InstanceInputs) {
  if (!securityGroups) return undefined;
  const present = (found["security-groups"] ?? []).map(({ id }) => id);
  try {
    return equalSets(await groupIds(account, "securityGroups", securityGroups), present) ? securityGroups : present;
  } catch (error) {
    // A group of the program is gone from the account, so the instance cannot be in it.
    if (error instanceof NotInAccountError) return present;
    throw error;
  }
}

function userDataAsFound(found: Instance, last: string | undefined): string | undefined {
  const encoded = found["user-data"];
  if (encoded === undefined || (last !== undefined && encodeUserData(last) === encoded)) return last;
  return Buffer.from(encoded, "base64").toString();
}

function equalSets(left: readonly string[] = [], right: readonly string[] = []): boolean {
  return equalValues([...left].sort(), [...right].sort());
}
