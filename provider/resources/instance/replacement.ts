import type { Account } from "../../account";
import { NotInAccountError } from "../../errors";
import { given, hasUnknown, known, type PreviewedFields, UNKNOWN } from "../contract/description";
import { identityDigest } from "../contract/identity";
import type { CheckFailure, Context, Diff } from "../contract/resource";
import { groupIds } from "../group_choice";
import type { InstanceInputs, InstanceState } from "./fields";
import { equalSets } from "./found";
import { sameKeys } from "./keys";
import { creatingLabel } from "./reserved_labels";
import { chooseTemplate } from "./zone_catalogue";

/** Decides what a change means for an instance that exists: another spelling of the same template or group is nothing. */
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
    ...(diff.changes.includes("sshKeys") && newKeysReplace(inputs) ? ["sshKeys"] : []),
  ];
  return { ...diff, replaces, drifted };
}

/** A list that is unknown as a whole may turn out to be the same; the update that knows it decides. */
function newKeysReplace(inputs: PreviewedFields<InstanceInputs>): boolean {
  return inputs.sshKeys !== UNKNOWN && inputs.replaceOnKeyChange === true;
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

async function areSameGroups(
  state: Pick<InstanceInputs, "antiAffinityGroups">,
  inputs: PreviewedFields<InstanceInputs>,
  account: Account,
) {
  const wanted = known(inputs.antiAffinityGroups);
  if (hasUnknown(inputs.antiAffinityGroups)) return false;
  const ids = (groups: readonly string[] = []) => groupIds(account, "antiAffinityGroups", groups);
  return equalSets(await ids(state.antiAffinityGroups), await ids(wanted));
}

/** What would cost a machine or its data by accident, or fail halfway, unless a new instance is made anyway. */
export async function instanceChangeRules(
  inputs: PreviewedFields<InstanceInputs>,
  olds: InstanceInputs,
  account: Account,
): Promise<CheckFailure[]> {
  const refused = changesRefused(inputs, olds);
  return refused.length > 0 && (await isMadeAnew(inputs, olds, account)) ? [] : refused;
}

/** The same where nothing is made anew: for an update, which is the last to notice. */
export function changesRefused(inputs: PreviewedFields<InstanceInputs>, olds: ChangeableInputs): CheckFailure[] {
  return [
    ...keysChanged(inputs, olds),
    ...diskShrunk(inputs, olds),
    ...familyChanged(inputs, olds),
    ...userDataRemoved(inputs, olds),
  ];
}

/** What the refusals look at; a state has it as well. */
type ChangeableInputs = Pick<InstanceInputs, "name" | "sshKeys" | "connection" | "diskSize" | "type" | "userData">;

async function isMadeAnew(inputs: PreviewedFields<InstanceInputs>, olds: InstanceInputs, account: Account) {
  return (
    inputs.zone !== olds.zone ||
    (newKeysReplace(inputs) && !sameKeys(olds.sshKeys, inputs.sshKeys)) ||
    (await isOtherTemplate(inputs, olds, account)) ||
    !(await areSameGroups(olds, inputs, account)) ||
    (await failedAtCreation(inputs, olds, account))
  );
}

async function isOtherTemplate(inputs: PreviewedFields<InstanceInputs>, olds: InstanceInputs, account: Account) {
  const wanted = known(inputs.template);
  if (wanted === undefined || wanted === olds.template) return wanted === undefined;
  const zone = await account.zone(olds.zone);
  const before = await chooseTemplate(zone, olds.template).catch(undefinedWhereAbsent);
  const next = await chooseTemplate(zone, wanted).catch(undefinedWhereAbsent);
  // One that is not offered (any more) is no other spelling of the other.
  return before === undefined || next === undefined || before.id !== next.id;
}

function undefinedWhereAbsent(error: unknown): undefined {
  if (!(error instanceof NotInAccountError)) throw error;
}

/** Known by its name and by the mark that its creation left: of the state, a check is told only the inputs. */
async function failedAtCreation(inputs: PreviewedFields<InstanceInputs>, olds: InstanceInputs, account: Account) {
  const digest = identityDigest(known(inputs.identity));
  const instances = await (await account.zone(olds.zone)).instances.list();
  return instances.some(
    ({ name, labels, state }) =>
      digest !== undefined && labels?.[creatingLabel] === digest && state === "error" && name === olds.name,
  );
}

function keysChanged(inputs: PreviewedFields<InstanceInputs>, olds: ChangeableInputs): CheckFailure[] {
  if (inputs.sshKeys === UNKNOWN || inputs.replaceOnKeyChange === true || sameKeys(olds.sshKeys, inputs.sshKeys))
    return [];
  const before = (olds.sshKeys ?? []).map(({ name }) => name).join(", ") || "none";
  const inPlace = given(olds.connection) || given(inputs.connection);
  const reason =
    `sshKeys of instance "${olds.name}" changed (they were: ${before}). Keys are installed at first boot, and Exoscale ` +
    "has no operation that changes them afterwards. Either keep the instance with the keys that it has: ignoreChanges: " +
    '["sshKeys", "connection"] in its options; or permit a new instance, disk included: replaceOnKeyChange: true.' +
    (inPlace ? " Changing them over the declared connection is not part of this version." : "");
  return [{ property: "sshKeys", reason }];
}

function diskShrunk(inputs: PreviewedFields<InstanceInputs>, olds: ChangeableInputs): CheckFailure[] {
  const wanted = known(inputs.diskSize);
  if (wanted === undefined || wanted >= olds.diskSize) return [];
  const reason =
    `diskSize of instance "${olds.name}" cannot go from ${olds.diskSize} to ${wanted} GiB: a disk can only grow. Set ` +
    `diskSize: ${olds.diskSize}, or make a new instance under another name and delete this one.`;
  return [{ property: "diskSize", reason }];
}

/** Noticed now, because it would fail only once the instance is stopped for it. */
function familyChanged(inputs: PreviewedFields<InstanceInputs>, olds: ChangeableInputs): CheckFailure[] {
  const wanted = known(inputs.type);
  const family = (type: string) => type.toLowerCase().split(".")[0];
  if (wanted === undefined || family(wanted) === family(olds.type)) return [];
  const reason =
    `type of instance "${olds.name}" cannot go from ${olds.type} to ${wanted}: an instance only changes within the ` +
    `same family. Choose a type of ${family(olds.type)}, or make a new instance under another name and delete this one.`;
  return [{ property: "type", reason }];
}

function userDataRemoved(inputs: PreviewedFields<InstanceInputs>, olds: ChangeableInputs): CheckFailure[] {
  if (olds.userData === undefined || given(inputs.userData)) return [];
  const reason =
    `userData of instance "${olds.name}" cannot be removed: Exoscale can only replace it. Set it to "#cloud-config\\n{}", ` +
    "which does nothing.";
  return [{ property: "userData", reason }];
}
