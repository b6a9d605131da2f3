import type { Account } from "../../account";
import { ChangeRefusedError, ReplacementRefusedError } from "../../errors";
import { given, hasUnknown, known, type PreviewedFields } from "../contract/description";
import type { Context, Diff } from "../contract/resource";
import { groupIds } from "../group_choice";
import type { InstanceInputs, InstanceState } from "./fields";
import { equalSets } from "./found";
import { chooseTemplate } from "./zone_catalogue";

/**
 * Decides what a change means for an instance that exists: another spelling of the same template or group is nothing,
 * and what would cost a machine or its data by accident is refused.
 *
 * @throws ReplacementRefusedError, ChangeRefusedError
 */
export async function refineInstanceDiff(
  diff: Diff,
  state: InstanceState,
  inputs: PreviewedFields<InstanceInputs>,
  { account }: Context,
): Promise<Diff> {
  // A creation that failed left nothing worth keeping; an instance that failed later may hold somebody's data.
  const failed = state.unfinished === true && state.state === "error";
  const drifted = state.unfinished === true || state.state === "error";
  const replaces = [
    ...(await withoutSameThings(diff.replaces, state, inputs, account)),
    ...(failed ? ["state"] : []),
    ...(diff.changes.includes("sshKeys") && inputs.replaceOnKeyChange === true ? ["sshKeys"] : []),
  ];
  if (replaces.length > 0) return { ...diff, replaces, drifted };
  if (diff.changes.includes("sshKeys")) refuseKeyChange(state, inputs);
  refuseSmallerDisk(state, inputs);
  refuseOtherFamily(state, inputs);
  refuseWithoutUserData(state, inputs);
  return { ...diff, replaces, drifted };
}

/** Without the inputs whose new text names what the instance has already. */
async function withoutSameThings(
  replaces: readonly string[],
  state: InstanceState,
  inputs: PreviewedFields<InstanceInputs>,
  account: Account,
): Promise<string[]> {
  const same = await Promise.all(
    replaces.map(async (name) => {
      if (name === "template") return replaces.includes("zone") ? false : await isSameTemplate(state, inputs, account);
      return name === "antiAffinityGroups" && (await areSameGroups(state, inputs, account));
    }),
  );
  return replaces.filter((_, index) => !same[index]);
}

async function isSameTemplate(state: InstanceState, inputs: PreviewedFields<InstanceInputs>, account: Account) {
  const wanted = known(inputs.template);
  if (wanted === undefined) return false;
  return (await chooseTemplate(await account.zone(state.zone), wanted)).id === state.templateId;
}

async function areSameGroups(state: InstanceState, inputs: PreviewedFields<InstanceInputs>, account: Account) {
  const wanted = known(inputs.antiAffinityGroups);
  if (hasUnknown(inputs.antiAffinityGroups)) return false;
  const ids = (groups: readonly string[] = []) => groupIds(account, "antiAffinityGroups", groups);
  return equalSets(await ids(state.antiAffinityGroups), await ids(wanted));
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
