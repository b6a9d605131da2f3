import type { Account } from "../../account";
import { NotInAccountError, ReplacementRefusedError } from "../../errors";
import { hasUnknown, isGiven, known, type PreviewedFields, UNKNOWN } from "../contract/description";
import { identityDigest } from "../contract/identity";
import type { Context, Diff } from "../contract/resource";
import { findGroupIds, type GroupKind } from "../group_choice";
import { CREATING_LABEL } from "../labels/reserved_labels";
import type { InstanceInputs, InstanceState } from "./fields";
import { accessChanges } from "./keys/access_changes";
import { otherKeyGivenReason, sameKeys } from "./keys/keys";
import { whyProtectedStays } from "./protection";
import { equalSets } from "./read_inputs";
import { chooseTemplate } from "./zone_catalogue";

/** Decides what a change does to an existing instance. Another form of the same template or group is no change. */
export async function adjustInstanceDiff(
  diff: Diff,
  state: InstanceState,
  inputs: PreviewedFields<InstanceInputs>,
  { account, log }: Context,
): Promise<Diff> {
  // A failed creation leaves nothing to keep; an instance that failed later may hold data. A protected one could not be
  // deleted.
  const failed = state.unfinished === true && state.state === "error" && state.deletionProtection !== true;
  const unsettled = state.keysUnsettled === true && isGiven(inputs.connection);
  const drifted = state.unfinished === true || state.state === "error" || unsettled;
  const otherKey = otherKeyGivenReason(state, inputs.sshKeys);
  if (otherKey !== undefined) throw new ReplacementRefusedError(otherKey);
  const equivalent = await findEquivalent(diff, state, inputs, account);
  const otherThings = diff.replaces.filter((name) => !equivalent.includes(name));
  // A check compares names of templates; only the state says that the instance has an older build of one. A refresh
  // must not fail here, and it does not: it never finds another template.
  const isAnother = otherThings.some(
    (name) => (name === "template" || name === "zone") && known(inputs[name]) !== undefined,
  );
  if (isAnother && state.deletionProtection === true) {
    throw new ReplacementRefusedError(whyProtectedStays(state.name));
  }
  const replaces = [
    ...otherThings,
    ...(failed ? ["state"] : []),
    ...(diff.changes.includes("sshKeys") && newKeysReplace(inputs) ? ["sshKeys"] : []),
  ];
  const loss = failed ? undefined : whatIsLost(state, replaces);
  if (loss !== undefined) log.info(loss);
  if (diff.changes.includes("sshKeys")) for (const line of accessChanges(state, inputs.sshKeys)) log.info(line);
  return { ...diff, replaces, drifted, ...(equivalent.length > 0 && { equivalent }) };
}

/** What a replacement loses, as a sentence; undefined if the instance stays. */
function whatIsLost({ name }: InstanceState, replaces: readonly string[]): string | undefined {
  if (replaces.length === 0) return undefined;
  const words: Readonly<Record<string, string>> = {
    antiAffinityGroups: "anti-affinity group",
    sshKeys: "list of keys",
  };
  const what = replaces.map((input) => words[input] ?? input).join(" and another ");
  return `Another ${what} makes a new instance "${name}": what is on the disk of this one is lost, and its address too.`;
}

/**
 * Whether other keys make a new instance. A list that is unknown as a whole may turn out to be the same; the update
 * knows the list and decides.
 */
export function newKeysReplace(inputs: PreviewedFields<InstanceInputs>): boolean {
  return inputs.sshKeys !== UNKNOWN && inputs.replaceOnKeyChange === true;
}

/** The changed inputs whose new value names what the instance already has. */
async function findEquivalent(
  { changes, replaces }: Diff,
  state: InstanceState,
  inputs: PreviewedFields<InstanceInputs>,
  account: Account,
): Promise<string[]> {
  const same = await Promise.all(
    changes.map(async (name) => {
      if (name === "template") return replaces.includes("zone") ? false : await isSameTemplate(state, inputs, account);
      const isGroups = name === "antiAffinityGroups" || name === "securityGroups";
      return isGroups && (await areSameGroups(name, state, inputs, account));
    }),
  );
  return changes.filter((_, index) => same[index]);
}

async function isSameTemplate(state: InstanceState, inputs: PreviewedFields<InstanceInputs>, account: Account) {
  const wanted = known(inputs.template);
  if (wanted === undefined) return false;
  return (await chooseTemplate(await account.zone(state.zone), wanted, account)).id === state.templateId;
}

/** Whether two lists of groups, by id or name, mean the same groups. */
export async function areSameGroups(
  kind: GroupKind,
  state: Pick<InstanceInputs, GroupKind>,
  inputs: PreviewedFields<InstanceInputs>,
  account: Account,
): Promise<boolean> {
  const wanted = known(inputs[kind]);
  if (hasUnknown(inputs[kind])) return false;
  if (equalSets(state[kind], wanted)) return true;
  const ids = (groups: readonly string[] = []) => findGroupIds(account, kind, groups);
  try {
    return equalSets(await ids(state[kind]), await ids(wanted));
  } catch (error) {
    // A missing group is not another name of an existing one.
    if (error instanceof NotInAccountError) return false;
    throw error;
  }
}

/** Whether the inputs ask for another machine than the old ones did. An unknown value counts as another one. */
export async function isAnotherMachine(
  inputs: PreviewedFields<InstanceInputs>,
  olds: InstanceInputs,
  account: Account,
): Promise<boolean> {
  return (
    inputs.zone !== olds.zone ||
    (newKeysReplace(inputs) && !sameKeys(olds.sshKeys, inputs.sshKeys)) ||
    (await isOtherTemplate(inputs, olds, account)) ||
    !(await areSameGroups("antiAffinityGroups", olds, inputs, account))
  );
}

async function isOtherTemplate(inputs: PreviewedFields<InstanceInputs>, olds: InstanceInputs, account: Account) {
  const wanted = known(inputs.template);
  if (wanted === undefined || wanted === olds.template) return wanted === undefined;
  const zone = await account.zone(olds.zone);
  const before = await chooseTemplate(zone, olds.template).catch(undefinedIfAbsent);
  const next = await chooseTemplate(zone, wanted).catch(undefinedIfAbsent);
  // A template that is not offered, or no longer, is not another name of the other one.
  return before === undefined || next === undefined || before.id !== next.id;
}

function undefinedIfAbsent(error: unknown): undefined {
  if (!(error instanceof NotInAccountError)) throw error;
}

/**
 * Whether the creation of the instance failed (state `error`), so that any inputs make a new one. It is found by its
 * name and by the mark that its creation left: a check gets only the inputs of the state.
 */
export async function failedAtCreation(
  inputs: PreviewedFields<InstanceInputs>,
  olds: InstanceInputs,
  account: Account,
): Promise<boolean> {
  const digest = identityDigest(known(inputs.identity));
  const instances = await (await account.zone(olds.zone)).instances.list();
  return instances.some(
    ({ name, labels, state }) =>
      digest !== undefined && labels?.[CREATING_LABEL] === digest && state === "error" && name === olds.name,
  );
}
