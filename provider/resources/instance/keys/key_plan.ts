import type { Instance, KeyIdentity, SshKey } from "../../../account";
import { KeyUnprovenError } from "../../../errors";
import { type PublicKey, parsePublicKey } from "../../../keys/public_key";
import { heldKeyLabels, isClosed, type LabelledKey, labelledKeys } from "../../labels/key_labels";
import type { Labels } from "../../labels/reserved_labels";
import type { InstanceInputs, InstanceState } from "../fields";
import { factsOf, isSameKey, type KeyFacts } from "./key_facts";
import { listedKeys } from "./keys";

type HeldKey = InstanceState["heldKeys"][number];

/** What a machine's keys have to become. */
export interface KeyPlan {
  /** Declared, and not known to be there. */
  readonly add: readonly PublicKey[];
  /** Declared, and there as far as the state knows; a run was lost since then that may have taken it off. Else none. */
  readonly doubtful: readonly PublicKey[];
  /** Known to have been given, and declared no more. */
  readonly remove: readonly KeyIdentity[];
  /** Those of them that are known by more than a label. */
  readonly removed: readonly KeyFacts[];
  /** Those of them that are known by a label alone. */
  readonly strays: readonly LabelledKey[];
  /** What the machine was given and has, as far as it is known: by that it is told from a stranger. */
  readonly present: readonly KeyFacts[];
  /** The record of keys once that is done. */
  readonly held: HeldKey[];
}

/**
 * Compares what a program declares with what the machine was given by us: by the state, and by our labels, which also know
 * what a run did that died before its state was saved. Keys that somebody else put there are left alone.
 *
 * @throws KeyUnprovenError for keys of which too little is known, and for one that was revoked and is declared still
 */
export function planKeyChange(
  inputs: InstanceInputs,
  last: Pick<InstanceState, "heldKeys" | "owner">,
  instance: Instance,
  registered: readonly SshKey[],
): KeyPlan {
  const { sshKeys = [], name } = inputs;
  const { labels } = instance;
  const isLost = isUnsettled(inputs, last, labels);
  const declared = sshKeys.map((reference) => factsOf(reference, registered));
  for (const key of declared) refuseIfRevoked(key, name, labels, registered);
  const held = last.heldKeys.map((key) => ({ key, facts: factsOf(key) }));
  const present = held.filter(({ facts }) => !isClosed(labels, facts));
  const isThere = (key: KeyFacts) => present.find(({ facts }) => isSameKey(key, facts))?.key;
  const isDeclared = (facts: KeyFacts) => declared.some((key) => isSameKey(key, facts));
  const removed = present.filter(({ facts }) => !isDeclared(facts)).map(({ facts }) => facts);
  const strays = strayKeys(labels, last, [...declared, ...held.map(({ facts }) => facts)]);
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
      // What the API goes on listing by its name has to be known for as long as it does.
      ...held.filter(({ facts }) => !isDeclared(facts) && isListed(facts, instance)).map(({ key }) => key),
    ],
  };
}

/** Keys that a run of this very Instance has put there without a state that knows of it: it ended before. */
export function strayKeys(
  labels: Labels | undefined,
  { owner }: Pick<InstanceState, "owner">,
  known: readonly KeyFacts[],
): LabelledKey[] {
  const names = new Set(known.flatMap(heldKeyLabels));
  return labelledKeys(labels).filter((key) => key.owner !== undefined && key.owner === owner && !names.has(key.label));
}

/** Whether labels tell that the keys are not what is declared, though the state says so: a run was lost. */
export function isUnsettled(
  { sshKeys = [] }: Pick<InstanceInputs, "sshKeys">,
  last: Pick<InstanceState, "heldKeys" | "owner">,
  labels: Labels | undefined,
): boolean {
  const declared = sshKeys.map((reference) => factsOf(reference));
  const held = last.heldKeys.map((key) => factsOf(key));
  return declared.some((key) => isClosed(labels, key)) || strayKeys(labels, last, [...declared, ...held]).length > 0;
}

function refuseIfRevoked(key: KeyFacts, instance: string, labels: Labels | undefined, registered: readonly SshKey[]) {
  if (!isClosed(labels, key) || registered.some(({ fingerprint }) => fingerprint === key.fingerprintMd5)) return;
  throw new KeyUnprovenError(
    `SSH key "${key.name}" was revoked on instance "${instance}" and is not in the account any more, but the program still ` +
      "declares it. Take it out of sshKeys; if it was rotated, declare the pair that took its place.",
  );
}

/** @throws KeyUnprovenError for a key of which only the name is known: a machine's file has no names */
function publicKeyOf({ name, publicKeyOpenssh }: KeyFacts, instance: string): PublicKey {
  if (publicKeyOpenssh !== undefined) return parsePublicKey(publicKeyOpenssh);
  throw new KeyUnprovenError(nameOnlyReason(name, instance));
}

/** What to say of a key that is to be added in place, and given by its name alone. */
export function nameOnlyReason(key: string, instance: string): string {
  return (
    `SSH key "${key}" is to be added to instance "${instance}" over SSH, which takes the key itself: Exoscale keeps only ` +
    "its fingerprint. Give its publicKeyOpenssh, or pass the SshKeyPair."
  );
}

function identityOf({ name, publicKeyOpenssh, fingerprintMd5 }: KeyFacts, instance: string): KeyIdentity {
  if (publicKeyOpenssh !== undefined) return { publicKeyOpenssh };
  if (fingerprintMd5 !== undefined) return { fingerprintMd5 };
  throw new KeyUnprovenError(
    `Which key "${name}" of instance "${instance}" was is not known any more: the account has none of that name. Remove ` +
      "its line on the machine by hand, and keep sshKeys as they were with ignoreChanges.",
  );
}

/** The record of a declared key. What was known of it before stays, also when the program says less from now on. */
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
