import type { Instance, KeyIdentity, SshKey } from "../../../account";
import { KeyUnprovenError } from "../../../errors";
import { type PublicKey, parsePublicKey } from "../../../keys/public_key";
import { heldKeyLabels, isClosed, type LabelledKey, labelledKeys } from "../../labels/key_labels";
import { type Labels, OWNER_LABEL } from "../../labels/reserved_labels";
import type { InstanceInputs, InstanceState } from "../fields";
import { unrecognizedKeys, withBootKeys } from "./given_keys";
import { factsOf, isSameKey, type KeyFacts } from "./key_facts";
import { listedKeys } from "./keys";

type HeldKey = InstanceState["heldKeys"][number];

/** How to change a machine's keys to the declared ones. */
export interface KeyPlan {
  /** Declared keys that the machine is not known to have. */
  readonly add: readonly PublicKey[];
  /**
   * Declared keys that the state has, but that a run may have removed before it was cut short. Without such a run:
   * none.
   */
  readonly doubtful: readonly PublicKey[];
  /** Keys that the machine was given and that are no longer declared. */
  readonly remove: readonly KeyIdentity[];
  /** Those of `remove` that the state knows. */
  readonly removed: readonly KeyFacts[];
  /** Those of `remove` that only a label knows: added by a run that was cut short, or given at a first boot. */
  readonly strays: readonly LabelledKey[];
  /** Keys that the machine was given and should still have. They distinguish it from another machine. */
  readonly present: readonly KeyFacts[];
  /** The record of keys after the change. */
  readonly held: HeldKey[];
}

/**
 * Compares the declared keys with those that the provider has given to the machine, by the state and by its labels. The
 * labels also know what a run did that was killed before its state was saved. Keys that others added are left alone.
 *
 * @throws KeyUnprovenError for keys of which too little is known, and for one that was revoked and is still declared
 */
export function planKeyChange(
  inputs: InstanceInputs,
  last: Pick<InstanceState, "heldKeys" | "owner">,
  instance: Instance,
  registered: readonly SshKey[],
): KeyPlan {
  const { sshKeys = [], name } = inputs;
  const { labels } = instance;
  const isLost = isUnsettled(inputs, last, instance);
  const declared = sshKeys.map((reference) => factsOf(reference, registered));
  for (const key of declared) refuseIfRevoked(key, name, labels, registered);
  const held = withBootKeys(last.heldKeys, instance).map((key) => ({ key, facts: factsOf(key) }));
  const present = held.filter(({ facts }) => !isClosed(labels, facts));
  const isThere = (key: KeyFacts) => present.find(({ facts }) => isSameKey(key, facts))?.key;
  const isDeclared = (facts: KeyFacts) => declared.some((key) => isSameKey(key, facts));
  const removed = present.filter(({ facts }) => !isDeclared(facts)).map(({ facts }) => facts);
  const known = [...declared, ...held.map(({ facts }) => facts)];
  const strays = [...strayKeys(labels, last, known), ...unrecognizedKeys(labels, known)];
  return {
    add: declared.filter((key) => !isThere(key)).map((key) => publicKeyOf(key, name)),
    doubtful: declared
      .filter((key) => isLost && isThere(key) && key.publicKeyOpenssh !== undefined)
      .map((key) => publicKeyOf(key, name)),
    remove: [...removed.map((key) => identityOf(key, name)), ...strays],
    removed,
    strays,
    present: present.map(({ facts }) => facts),
    held: [
      ...declared.map((key) => heldFrom(key, isThere(key))),
      // A key that the API still lists by its name stays in the record, because only the record knows its fingerprint.
      ...held.filter(({ facts }) => !isDeclared(facts) && isListed(facts, instance)).map(({ key }) => key),
    ],
  };
}

/**
 * Keys that a run of this Instance has added, and that no state has, because the run ended before it was saved. The
 * state of an imported machine gets its owner at the first change of the keys; until then only the label has it.
 */
function strayKeys(
  labels: Labels | undefined,
  last: Pick<InstanceState, "owner">,
  known: readonly KeyFacts[],
): LabelledKey[] {
  const names = new Set(known.flatMap(heldKeyLabels));
  const owner = last.owner ?? labels?.[OWNER_LABEL];
  return labelledKeys(labels).filter((key) => key.owner !== undefined && key.owner === owner && !names.has(key.label));
}

/**
 * Whether the keys differ from the declared ones, and the state does not show it: a run was cut short, as labels show, or
 * an older version has imported the machine and then not removed a key of first boot.
 */
export function isUnsettled(
  { sshKeys = [] }: Pick<InstanceInputs, "sshKeys">,
  last: Pick<InstanceState, "heldKeys" | "owner">,
  instance: Pick<Instance, "labels" | "ssh-keys">,
): boolean {
  const { labels } = instance;
  const declared = sshKeys.map((reference) => factsOf(reference));
  const known = [...declared, ...last.heldKeys.map((key) => factsOf(key))];
  const unrecorded = withBootKeys(last.heldKeys, instance)
    .slice(last.heldKeys.length)
    .map((key) => factsOf(key));
  return (
    declared.some((key) => isClosed(labels, key)) ||
    strayKeys(labels, last, known).length > 0 ||
    unrecorded.some((key) => !isClosed(labels, key) && !declared.some((other) => isSameKey(other, key)))
  );
}

function refuseIfRevoked(key: KeyFacts, instance: string, labels: Labels | undefined, registered: readonly SshKey[]) {
  if (!isClosed(labels, key) || registered.some(({ fingerprint }) => fingerprint === key.fingerprintMd5)) return;
  throw new KeyUnprovenError(
    `SSH key "${key.name}" was revoked on instance "${instance}" and is no longer in the account, but the program ` +
      "still declares it. Remove it from sshKeys; if it was rotated, declare the pair that replaced it.",
  );
}

/** @throws KeyUnprovenError for a key of which only the name is known: `authorized_keys` has no names */
function publicKeyOf({ name, publicKeyOpenssh }: KeyFacts, instance: string): PublicKey {
  if (publicKeyOpenssh !== undefined) return parsePublicKey(publicKeyOpenssh);
  throw new KeyUnprovenError(nameOnlyReason(name, instance));
}

/** The error text for a key that has to be added in place, and of which only the name is given. */
export function nameOnlyReason(key: string, instance: string): string {
  return (
    `SSH key "${key}" has to be added to instance "${instance}" over SSH, which needs the public key: Exoscale keeps ` +
    "only fingerprints. Give name and publicKeyOpenssh, or the name of an SshKeyPair that this program declares."
  );
}

function identityOf({ name, publicKeyOpenssh, fingerprintMd5 }: KeyFacts, instance: string): KeyIdentity {
  if (publicKeyOpenssh !== undefined) return { publicKeyOpenssh };
  if (fingerprintMd5 !== undefined) return { fingerprintMd5 };
  throw new KeyUnprovenError(
    `It is not known which key "${name}" of instance "${instance}" was: the account no longer has a key of that name. ` +
      'Put it back into sshKeys with its publicKeyOpenssh and run "pulumi up"; once it is known, it can be taken out. ' +
      "If nobody has its public key, remove its line on the machine manually, and keep sshKeys as they were: " +
      'ignoreChanges: ["sshKeys"] in its options.',
  );
}

/** The record of a declared key. What was known of it stays, even if the program now gives less. */
function heldFrom(key: KeyFacts, before: HeldKey | undefined): HeldKey {
  const { name } = key;
  const fingerprintMd5 = key.fingerprintMd5 ?? before?.fingerprintMd5;
  const publicKeyOpenssh = key.publicKeyOpenssh ?? before?.publicKeyOpenssh;
  return {
    name,
    origin: before?.origin ?? "ssh",
    ...(fingerprintMd5 !== undefined && { fingerprintMd5 }),
    ...(publicKeyOpenssh !== undefined && { publicKeyOpenssh }),
  };
}

function isListed(facts: KeyFacts, instance: Instance): boolean {
  return listedKeys(instance["ssh-keys"]).some((key) => isSameKey(factsOf(key), facts));
}
