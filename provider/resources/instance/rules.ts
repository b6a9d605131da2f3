import type { Account, Template, ZoneAccount } from "../../account";
import { ExoscaleSshError, NotInAccountError } from "../../errors";
import { parsePublicKey } from "../../keys/public_key";
import { given, known, type PreviewedFields } from "../contract/description";
import type { CheckFailure, OldInputs } from "../contract/resource";
import { missingGroups } from "../group_choice";
import { type InstanceInputs, longestUserData } from "./fields";
import { keysToFind, otherKey } from "./keys";
import { isReserved } from "./reserved_labels";
import { chooseTemplate, chooseType, smallestDisk } from "./zone_catalogue";

type Inputs = PreviewedFields<InstanceInputs>;

/** What can be said of an instance's inputs without asking anybody. */
export function instanceRules(inputs: Inputs): CheckFailure[] {
  return [
    ...reservedLabelsUsed(inputs),
    ...userDataTooLong(inputs),
    ...unreadableKeys(inputs),
    ...keyTwice(inputs),
    ...noAddress(inputs),
    ...zoneMissing(inputs),
  ];
}

function reservedLabelsUsed(inputs: Inputs): CheckFailure[] {
  return Object.keys(known(inputs.labels) ?? {})
    .filter(isReserved)
    .map((name) => ({
      property: `labels.${name}`,
      reason: `Labels that begin with "exoscale-ssh." are kept for this provider. Rename it.`,
    }));
}

function userDataTooLong(inputs: Inputs): CheckFailure[] {
  const bytes = Buffer.byteLength(known(inputs.userData) ?? "");
  const encoded = Math.ceil(bytes / 3) * 4;
  if (encoded <= longestUserData) return [];
  const reason =
    `User data has ${bytes} bytes, ${encoded} in base64; Exoscale takes ${longestUserData} in base64, which is ` +
    `${(longestUserData / 4) * 3} bytes of text. Shorten it, or let it fetch the rest.`;
  return [{ property: "userData", reason }];
}

function unreadableKeys(inputs: Inputs): CheckFailure[] {
  return listed(inputs.sshKeys).flatMap((key, index) => {
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
  const names = listed(inputs.sshKeys).map((key) => known(key.name));
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ property: `sshKeys[${index}].name`, reason: `SSH key "${name}" is given twice. Remove one of them.` }]
      : [],
  );
}

function noAddress(inputs: Inputs): CheckFailure[] {
  const reachable = inputs.publicIpAssignment !== "none" || given(inputs.connection);
  if (inputs.waitForSsh !== true || reachable) return [];
  const reason = "waitForSsh needs an address to wait at. Remove it, or set publicIpAssignment or connection.host.";
  return [{ property: "waitForSsh", reason }];
}

type PreviewedKey = Partial<Record<"name" | "publicKeyOpenssh", never>>;

function listed(keys: Inputs["sshKeys"]): PreviewedKey[] {
  // Their shape was checked field by field before; an unknown list has no keys to look at yet.
  return Array.isArray(keys) ? keys.filter((key) => typeof key === "object") : [];
}

/** What only the account knows: zone, type, template and the disk it needs, groups, keys. */
export async function instanceCatalogue(
  inputs: Inputs,
  account: Account,
  olds: OldInputs<InstanceInputs>,
): Promise<CheckFailure[]> {
  await account.verifyCredentials();
  const name = known(inputs.zone);
  const answers = [
    ...(await missingKeys(inputs, account, olds)),
    ...(await missingGroups(account, "securityGroups", known(inputs.securityGroups), olds?.securityGroups)),
    ...(await missingGroups(account, "antiAffinityGroups", known(inputs.antiAffinityGroups), olds?.antiAffinityGroups)),
  ];
  if (name === undefined) return answers;
  const { answer: zone, failures } = await ask("zone", () => account.zone(name));
  return [...answers, ...failures, ...(zone ? await notOffered(inputs, zone, olds) : [])];
}

/** What stays as it was is not held against today's catalogue: it may have been withdrawn since, and still runs. */
async function notOffered(inputs: Inputs, zone: ZoneAccount, olds: OldInputs<InstanceInputs>): Promise<CheckFailure[]> {
  const before = olds?.zone === zone.name ? olds : undefined;
  const wantedType = inputs.type === before?.type ? undefined : known(inputs.type);
  const wantedTemplate = inputs.template === before?.template ? undefined : known(inputs.template);
  const type = wantedType === undefined ? undefined : await ask("type", () => chooseType(zone, wantedType));
  const template =
    wantedTemplate === undefined ? undefined : await ask("template", () => chooseTemplate(zone, wantedTemplate));
  return [
    ...(type?.failures ?? []),
    ...(template?.failures ?? []),
    ...(template?.answer ? unfitForTemplate(inputs, template.answer) : []),
  ];
}

function unfitForTemplate(inputs: Inputs, template: Template): CheckFailure[] {
  const least = smallestDisk(template);
  const size = known(inputs.diskSize) ?? least;
  const tooSmall = `The disk has ${size} GiB, but template "${template.name}" needs ${least}. Give at least ${least}.`;
  const withoutKeys = `Template "${template.name}" installs no SSH keys. Remove sshKeys, or choose another template.`;
  return [
    ...(size < least ? [{ property: "diskSize", reason: tooSmall }] : []),
    ...(template["ssh-key-enabled"] === false && listed(inputs.sshKeys).length > 0
      ? [{ property: "sshKeys", reason: withoutKeys }]
      : []),
  ];
}

async function missingKeys(inputs: Inputs, account: Account, olds: OldInputs<InstanceInputs>): Promise<CheckFailure[]> {
  const wanted = keysToFind(inputs.sshKeys, olds?.sshKeys).filter(({ name }) => !account.declaredKeys.has(name));
  if (wanted.length === 0) return [];
  const registered = await account.sshKeys.list();
  return wanted.flatMap((reference) => {
    const { index, name } = reference;
    const missing = `The account has no SSH key "${name}". Register it, or declare it as an SshKeyPair and pass that.`;
    const reason = registered.some((key) => key.name === name) ? otherKey(reference, registered) : missing;
    return reason === undefined ? [] : [{ property: `sshKeys[${index}].name`, reason }];
  });
}

/** Asks the account; "there is no such thing" is a failure of that input, anything else an error. */
async function ask<T>(property: string, question: () => Promise<T>): Promise<{ answer?: T; failures: CheckFailure[] }> {
  try {
    return { answer: await question(), failures: [] };
  } catch (error) {
    if (error instanceof NotInAccountError) return { failures: [{ property, reason: error.message }] };
    throw error;
  }
}

/** Where the program names no zone it is the provider's, and there is none. */
function zoneMissing(inputs: Inputs): CheckFailure[] {
  if (given(inputs.zone)) return [];
  return [
    {
      property: "zone",
      reason: "No zone is given. Set zone, or a default for the stack: pulumi config set exoscale-ssh:zone ch-gva-2.",
    },
  ];
}
