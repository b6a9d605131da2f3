import type { Account, Template, ZoneAccount } from "../../../account";
import { NotInAccountError } from "../../../errors";
import { printable } from "../../../errors/printable";
import { impossibleAddresses } from "../../access/addresses";
import { unreadablePublicKeys } from "../../access/host_keys";
import { equalValues, known, type PreviewedFields } from "../../contract/description";
import type { CheckContext, CheckFailure, OldInputs } from "../../contract/resource";
import { checkGroups } from "../../group_choice";
import { rememberSaved } from "../creation/mark";
import type { InstanceInputs } from "../fields";
import { keysInList, keysToFind, otherKeyReason, sameKeys } from "../keys/keys";
import { missingKeyReason } from "../keys/missing_key";
import { checkPinHostKey } from "../pin_host_key/validate";
import { newKeysReplace } from "../replacement";
import { chooseTemplate, chooseType, installsNoKeys, smallestDisk } from "../zone_catalogue";
import { warnOfClosedPort } from "./closed_port";

type Inputs = PreviewedFields<InstanceInputs>;

/** Checks what only the account knows: zone, type, template and the disk it needs, groups, keys. */
export async function checkInstance(
  inputs: Inputs,
  context: CheckContext,
  olds: OldInputs<InstanceInputs>,
): Promise<CheckFailure[]> {
  const { account, run } = context;
  rememberSaved(olds, run);
  await account.verifyCredentials();
  await warnOfClosedPort(inputs, context, olds);
  const name = known(inputs.zone);
  const everywhere = [
    ...unreadablePublicKeys(account, inputs.connection),
    // Older versions accepted any text. A program that keeps it is not refused.
    ...(equalValues(olds?.connection, inputs.connection) ? [] : impossibleAddresses(account, inputs.connection)),
    ...(await checkPinHostKey(inputs, account, olds)),
    ...(await checkKeys(inputs, context, olds)),
    ...(await checkGroups(account, "securityGroups", known(inputs.securityGroups), olds?.securityGroups)),
    ...(await checkGroups(account, "antiAffinityGroups", known(inputs.antiAffinityGroups), olds?.antiAffinityGroups)),
  ];
  if (name === undefined) return everywhere;
  const { answer: zone, failures } = await failIfAbsent("zone", () => account.zone(name));
  return [...everywhere, ...failures, ...(zone ? await checkZoneOffers(inputs, zone, olds, account) : [])];
}

/** A type or template that stays is not checked: Exoscale may have withdrawn it since, and the instance still runs. */
async function checkZoneOffers(
  inputs: Inputs,
  zone: ZoneAccount,
  olds: OldInputs<InstanceInputs>,
  account: Account,
): Promise<CheckFailure[]> {
  const before = olds?.zone === zone.name ? olds : undefined;
  const wanted = known(inputs.type);
  const type = wanted?.toLowerCase() === before?.type.toLowerCase() ? undefined : wanted;
  const template = before && staysOnItsTemplate(inputs, before) ? undefined : known(inputs.template);
  const chosen = await failIfAbsent("template", async () => template && chooseTemplate(zone, template, account));
  return [
    ...(type === undefined ? [] : (await failIfAbsent("type", () => chooseType(zone, type))).failures),
    ...chosen.failures,
    ...(chosen.answer ? unfitForTemplate(inputs, chosen.answer) : []),
  ];
}

/** A smaller disk or other keys need a new instance, which has to fit on the template as it is today. */
function staysOnItsTemplate(inputs: Inputs, before: InstanceInputs): boolean {
  const shrinks = (known(inputs.diskSize) ?? before.diskSize) < before.diskSize;
  const otherKeys = newKeysReplace(inputs) && !sameKeys(before.sshKeys, inputs.sshKeys);
  return inputs.template === before.template && !shrinks && !otherKeys;
}

function unfitForTemplate(inputs: Inputs, template: Template): CheckFailure[] {
  const least = smallestDisk(template);
  const size = known(inputs.diskSize) ?? least;
  const tooSmall = `The disk has ${size} GiB, but template "${printable(template.name)}" needs ${least}. Give at least ${least}.`;
  return [
    ...(size < least ? [{ property: "diskSize", reason: tooSmall }] : []),
    ...(template["ssh-key-enabled"] === false && keysInList(inputs.sshKeys).length > 0
      ? [{ property: "sshKeys", reason: installsNoKeys(template) }]
      : []),
  ];
}

async function checkKeys(
  inputs: Inputs,
  { account, run }: CheckContext,
  olds: OldInputs<InstanceInputs>,
): Promise<CheckFailure[]> {
  const wanted = keysToFind(inputs.sshKeys, olds?.sshKeys).filter(({ name }) => !run.declaredKeys.has(name));
  if (wanted.length === 0) return [];
  const registered = await account.sshKeys.list();
  const existing = [...registered.map(({ name }) => name), ...run.declaredKeys];
  return wanted.flatMap((reference) => {
    const { index, name } = reference;
    const isRegistered = registered.some((key) => key.name === name);
    const reason = isRegistered ? otherKeyReason(reference, registered) : missingKeyReason(name, existing);
    return reason === undefined ? [] : [{ property: `sshKeys[${index}].name`, reason }];
  });
}

/** Asks the account. That a thing does not exist is a failure of that input; any other error is thrown. */
async function failIfAbsent<T>(
  property: string,
  question: () => Promise<T>,
): Promise<{ answer?: T; failures: CheckFailure[] }> {
  try {
    return { answer: await question(), failures: [] };
  } catch (error) {
    if (error instanceof NotInAccountError) return { failures: [{ property, reason: error.message }] };
    throw error;
  }
}
