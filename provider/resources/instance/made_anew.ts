import type { Account } from "../../account";
import { NotInAccountError } from "../../errors";
import { known, type PreviewedFields } from "../contract/description";
import { identityDigest } from "../contract/identity";
import type { InstanceInputs } from "./fields";
import { sameKeys } from "./keys";
import { areSameGroups, newKeysReplace } from "./replacement";
import { creatingLabel } from "./reserved_labels";
import { chooseTemplate } from "./zone_catalogue";

/** Whether the inputs ask for another machine than the old ones did. What is unknown counts as another one. */
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
  const before = await chooseTemplate(zone, olds.template).catch(undefinedWhereAbsent);
  const next = await chooseTemplate(zone, wanted).catch(undefinedWhereAbsent);
  // One that is not offered (any more) is no other spelling of the other.
  return before === undefined || next === undefined || before.id !== next.id;
}

function undefinedWhereAbsent(error: unknown): undefined {
  if (!(error instanceof NotInAccountError)) throw error;
}

/**
 * Whether it is in state error since its creation, so that a new one is made whatever the inputs say. Known by its name
 * and by the mark that its creation left: of the state, a check is told only the inputs.
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
      digest !== undefined && labels?.[creatingLabel] === digest && state === "error" && name === olds.name,
  );
}
