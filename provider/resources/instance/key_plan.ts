import type { Instance, KeyIdentity, SshKey } from "../../account";
import { KeyUnprovenError } from "../../errors";
import { type PublicKey, parsePublicKey } from "../../keys/public_key";
import type { InstanceInputs, InstanceState } from "./fields";
import { factsOf, isSameKey, type KeyFacts, labelsOf } from "./key_facts";
import { listedKeys } from "./keys";
import { labelledKeys } from "./reserved_labels";

type HeldKey = InstanceState["heldKeys"][number];

/** What a machine's keys have to become. */
export interface KeyPlan {
  /** Declared, and not known to be there. */
  readonly add: readonly PublicKey[];
  /** Known to have been given, and declared no more. */
  readonly remove: readonly KeyIdentity[];
  /** Those of them that are known by more than a label. */
  readonly removed: readonly KeyFacts[];
  /** Our labels for what goes. */
  readonly labels: readonly string[];
  /** The record of keys once that is done. */
  readonly held: HeldKey[];
}

/**
 * Compares what a program declares with what the machine was given by us: by the state, and by our labels, which also know
 * what a run did that died before its state was saved. Keys that somebody else put there are left alone.
 */
export function keyPlan(
  { sshKeys = [], name }: InstanceInputs,
  last: Pick<InstanceState, "heldKeys">,
  instance: Instance,
  registered: readonly SshKey[],
): KeyPlan {
  const declared = sshKeys.map((reference) => factsOf(reference, registered));
  const isDeclared = (held: HeldKey) => declared.some((key) => isSameKey(key, factsOf(held)));
  const present = last.heldKeys.filter(({ closed }) => !closed);
  const isThere = (key: KeyFacts) => present.find((held) => isSameKey(key, factsOf(held)));
  const gone = last.heldKeys.filter((held) => !isDeclared(held));
  const removed = gone.filter(({ closed }) => !closed).map((held) => factsOf(held));
  const known = new Set([...declared, ...removed].flatMap(labelsOf));
  const strays = labelledKeys(instance.labels).filter(({ label }) => !known.has(label));
  return {
    add: declared.filter((key) => !isThere(key)).map((key) => publicKeyOf(key, name)),
    remove: [...removed.map((key) => identityOf(key, name)), ...strays],
    removed,
    labels: [...removed.flatMap(labelsOf), ...strays.map(({ label }) => label)],
    held: [
      ...declared.map((key) => heldFrom(key, isThere(key)?.origin ?? "ssh")),
      // What the API goes on listing has to be known as closed for as long as it does.
      ...gone.filter((held) => isListed(held, instance)).map((held) => ({ ...held, closed: true as const })),
    ],
  };
}

/** @throws KeyUnprovenError for a key of which only the name is known: a machine's file has no names */
function publicKeyOf({ name, publicKeyOpenssh }: KeyFacts, instance: string): PublicKey {
  if (publicKeyOpenssh !== undefined) return parsePublicKey(publicKeyOpenssh);
  throw new KeyUnprovenError(nameIsNotEnough(name, instance));
}

/** What to say of a key that is to be added in place, and given by its name alone. */
export function nameIsNotEnough(key: string, instance: string): string {
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

function heldFrom({ name, publicKeyOpenssh, fingerprintMd5 }: KeyFacts, origin: HeldKey["origin"]): HeldKey {
  return {
    name,
    origin,
    ...(fingerprintMd5 !== undefined && { fingerprintMd5 }),
    ...(publicKeyOpenssh !== undefined && { publicKeyOpenssh }),
  };
}

function isListed(held: HeldKey, instance: Instance): boolean {
  return listedKeys(instance["ssh-keys"]).some((key) => isSameKey(factsOf(key), factsOf(held)));
}
