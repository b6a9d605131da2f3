import type { Account } from "../../../account";
import { hasUnknown, isGiven, known, type PreviewedFields, UNKNOWN } from "../../contract/description";
import { isId } from "../../contract/id";
import type { CheckContext, CheckFailure } from "../../contract/resource";
import type { Run } from "../../contract/run";
import { pick } from "../../contract/state";
import type { InstanceInputs } from "../fields";
import { nameOnlyReason } from "../keys/key_plan";
import { keysInList, sameKeys } from "../keys/keys";
import { noAddressReason } from "../keys/machine_access";
import { missingKeyReason } from "../keys/missing_key";
import { whyProtectedStays } from "../protection";
import { failedAtCreation, isAnotherMachine } from "../replacement";
import { familyOf, kindredFamilies, mayScale } from "../type_families";

type Inputs = PreviewedFields<InstanceInputs>;

/**
 * Refuses changes that lose a machine or its data by accident, or fail halfway, unless a new instance is made anyway.
 */
export async function validateInstanceChange(
  inputs: Inputs,
  olds: InstanceInputs,
  { account, run }: CheckContext,
): Promise<CheckFailure[]> {
  const refused = refusedChanges(inputs, olds, run);
  const settled = knownOf(inputs, olds);
  const isProtected =
    olds.deletionProtection === true && (await isAnotherMachine(withoutPin(settled, olds), olds, account));
  if (!isProtected && refused.length === 0) return [];
  if (await failedAtCreation(inputs, olds, account)) return [];
  if (isProtected) return [protectedReplaced(settled, olds)];
  if (await isAnotherMachine(inputs, olds, account)) return [];
  const still = refusedChanges(inputs, { ...olds, ...(await findIrreversible(inputs, olds, account)) }, run);
  const failures = refused.filter(({ property }) => still.some((failure) => failure.property === property));
  return await explainMissingKey(failures, inputs, olds, { account, run });
}

/**
 * The irreversible properties that the machine has. After an update that failed halfway, the old inputs are those of
 * that update, which the machine may never have got. The machine is found by its name, if no other has the same.
 */
async function findIrreversible(
  inputs: Inputs,
  olds: InstanceInputs,
  account: Account,
): Promise<Partial<InstanceInputs>> {
  const { instances } = await account.zone(olds.zone);
  const named = (await instances.list()).filter(({ name }) => name === olds.name || name === known(inputs.name));
  const [only, ...others] = named;
  const found = only && others.length === 0 ? await instances.find(only.id) : undefined;
  if (!found) return {};
  return {
    ...(found["disk-size"] !== undefined && { diskSize: found["disk-size"] }),
    ...(found["public-ip-assignment"] !== "dual" && { publicIpAssignment: "inet4" }),
    ...(found["user-data"] === undefined && { userData: undefined }),
  };
}

/** An unknown value may turn out to be the old one. The check of the update knows it and decides. */
function knownOf(inputs: Inputs, olds: InstanceInputs): Inputs {
  const unknown = Object.keys(inputs).filter((name) => hasUnknown(inputs[name as keyof Inputs]));
  const settled = Object.entries(inputs).filter(([name]) => !unknown.includes(name));
  // Names come from the description of these very inputs, and those that are required are in the old ones.
  return { ...Object.fromEntries(settled), ...pick(unknown, olds) } as Inputs;
}

/**
 * A name that became an id may pin the build that the instance has, although there is a newer one. Only the state says
 * which build that is, so the diff decides.
 */
function withoutPin(inputs: Inputs, olds: InstanceInputs): Inputs {
  const isPinned = isId(known(inputs.template) ?? "") && !isId(olds.template);
  return isPinned ? { ...inputs, template: olds.template } : inputs;
}

/** Without this a new instance would be made before the deletion of the old one fails. */
function protectedReplaced({ zone, template }: Inputs, olds: InstanceInputs): CheckFailure {
  const changed = zone !== olds.zone ? "zone" : template !== olds.template ? "template" : "";
  return { property: changed, reason: whyProtectedStays(olds.name) };
}

/** The changes that an existing instance cannot get. An update checks them again, because it may know more. */
export function refusedChanges(inputs: Inputs, olds: ChangeableInputs, run: Run): CheckFailure[] {
  return [
    ...keysChanged(inputs, olds, run),
    ...diskShrunk(inputs, olds),
    ...familyChanged(inputs, olds),
    ...userDataRemoved(inputs, olds),
    ...ipv6Removed(inputs, olds),
  ];
}

/** The inputs that decide about a refusal; a state has them as well. */
type ChangeableInputs = Pick<
  InstanceInputs,
  "name" | "sshKeys" | "connection" | "diskSize" | "type" | "userData" | "publicIpAssignment"
>;

function keysChanged(inputs: Inputs, olds: ChangeableInputs, run: Run): CheckFailure[] {
  if (inputs.sshKeys === UNKNOWN || inputs.replaceOnKeyChange === true || sameKeys(olds.sshKeys, inputs.sshKeys))
    return [];
  // Whether it can be reached is not tested here: a machine that is down must not be replaced for that.
  if (isGiven(olds.connection) || isGiven(inputs.connection)) return whyNotInPlace(inputs, olds, run);
  const before = (olds.sshKeys ?? []).map(({ name }) => name).join(", ") || "none";
  const reason =
    `sshKeys of instance "${olds.name}" changed (they were: ${before}). Keys are installed at first boot, and Exoscale ` +
    "has no operation that changes them afterwards. To change them on the running machine, declare a connection that " +
    "logs in with a key that it has. To permit a new instance, disk included, set replaceOnKeyChange: true. To keep " +
    'its keys, set ignoreChanges: ["sshKeys"] in its options.';
  return [{ property: "sshKeys", reason }];
}

function whyNotInPlace(inputs: Inputs, olds: ChangeableInputs, run: Run): CheckFailure[] {
  const nameOnly = findNameOnly(inputs, olds, run);
  if (nameOnly) return [{ property: nameOnly.property, reason: nameOnlyReason(nameOnly.name, olds.name) }];
  const connection = known(inputs.connection) ?? olds.connection;
  if (inputs.publicIpAssignment === "none" && isGiven(connection) && connection?.host === undefined) {
    return [{ property: "sshKeys", reason: noAddressReason(olds.name) }];
  }
  if (inputs.state !== "stopped") return [];
  const reason =
    `sshKeys of instance "${olds.name}" are changed over SSH, so it has to run: set state: "running", or change them ` +
    "later.";
  return [{ property: "sshKeys", reason }];
}

/** The first new key of which neither the program nor the run gives a public key. */
function findNameOnly(inputs: Inputs, olds: ChangeableInputs, { declaredKeys }: Run) {
  const had = new Set((olds.sshKeys ?? []).map(({ name }) => name));
  // The run knows the public key of a pair that the program declares, or will know it once the pair is made.
  const isFound = (name: string) => had.has(name) || declaredKeys.has(name);
  return keysInList(inputs.sshKeys).flatMap((key, index) => {
    const name: string | undefined = known(key.name);
    const isNameOnly = name !== undefined && !isGiven(key.publicKeyOpenssh) && !isFound(name);
    return isNameOnly ? [{ property: `sshKeys[${index}]`, name }] : [];
  })[0];
}

/** The failures, of which one may say of a key without a public key that the account has no key of that name at all. */
async function explainMissingKey(
  failures: CheckFailure[],
  inputs: Inputs,
  olds: ChangeableInputs,
  { account, run }: Pick<CheckContext, "account" | "run">,
): Promise<CheckFailure[]> {
  const nameOnly = findNameOnly(inputs, olds, run);
  const failure = failures.find(({ property }) => property === nameOnly?.property);
  if (nameOnly === undefined || failure === undefined) return failures;
  const names = new Set((await account.sshKeys.list()).map(({ name }) => name));
  if (names.has(nameOnly.name)) return failures;
  const reason =
    `${missingKeyReason(nameOnly.name, [...names, ...run.declaredKeys])} A key that is new to instance "${olds.name}" ` +
    "also needs its publicKeyOpenssh.";
  return failures.map((each) => (each === failure ? { property: `${nameOnly.property}.name`, reason } : each));
}

function diskShrunk(inputs: Inputs, olds: ChangeableInputs): CheckFailure[] {
  const wanted = known(inputs.diskSize);
  if (wanted === undefined || wanted >= olds.diskSize) return [];
  const reason =
    `diskSize of instance "${olds.name}" cannot go from ${olds.diskSize} to ${wanted} GiB: a disk can only grow. Set ` +
    `diskSize: ${olds.diskSize}, or make a new instance under another name and delete this one.`;
  return [{ property: "diskSize", reason }];
}

/**
 * Checked at preview, because the API refuses it only after the instance was stopped. Exoscale's product page and its API
 * document disagree about the families between standard, cpu and memory: there the API decides.
 */
function familyChanged(inputs: Inputs, olds: ChangeableInputs): CheckFailure[] {
  const wanted = known(inputs.type);
  if (wanted === undefined || mayScale(olds.type, wanted)) return [];
  const family = familyOf(olds.type);
  const possible = kindredFamilies.includes(family) ? "standard, cpu or memory" : family;
  const reason =
    `type of instance "${olds.name}" cannot go from ${olds.type} to ${wanted}: Exoscale does not scale an instance to ` +
    `that family. Choose a type of ${possible}, or make a new instance under another name and delete this one.`;
  return [{ property: "type", reason }];
}

function userDataRemoved(inputs: Inputs, olds: ChangeableInputs): CheckFailure[] {
  if (olds.userData === undefined || isGiven(inputs.userData)) return [];
  const reason =
    `userData of instance "${olds.name}" cannot be removed: Exoscale can only replace it. Set it to "#cloud-config\\n{}", ` +
    "which does nothing.";
  return [{ property: "userData", reason }];
}

/** Exoscale's own tools all refuse this: an IPv6 address stays until the instance is deleted. */
function ipv6Removed(inputs: Inputs, olds: ChangeableInputs): CheckFailure[] {
  if (olds.publicIpAssignment !== "dual" || inputs.publicIpAssignment !== "inet4") return [];
  const reason =
    `publicIpAssignment of instance "${olds.name}" cannot go from dual to inet4: Exoscale cannot remove an IPv6 ` +
    'address. Set publicIpAssignment: "dual", and close IPv6 in a security group; or make a new instance under another ' +
    "name and delete this one.";
  return [{ property: "publicIpAssignment", reason }];
}
