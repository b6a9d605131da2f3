import type { Instance, SshKey } from "../../../account";
import { heldKeyLabels, isClosed, type LabelledKey, labelledKeys } from "../../labels/key_labels";
import type { Labels } from "../../labels/reserved_labels";
import type { InstanceState, SshKeyReference } from "../fields";
import { factsOf, isSameKey, type KeyFacts } from "./key_facts";
import { listedKeys } from "./keys";

/**
 * What a machine was given, as far as it is known without logging in: by the record in the state, by the keys of first
 * boot that the API lists, and by labels. A creation begins a complete record. For a machine that was imported, the API
 * and the labels say what it has.
 */

type HeldKey = InstanceState["heldKeys"][number];

/** The record, completed by the keys of first boot that the API lists. Older versions recorded none at an import. */
export function withBootKeys(recorded: readonly HeldKey[], instance: Pick<Instance, "ssh-keys">): HeldKey[] {
  const known = recorded.map((key) => ({ ...factsOf(key), origin: key.origin }));
  const unrecorded = listedKeys(instance["ssh-keys"]).filter(
    ({ name, fingerprintMd5: md5 }) =>
      // The API may list a key of first boot under another of its names, or without its fingerprint.
      !known.some((key) => (md5 && key.fingerprintMd5 === md5) || (key.origin === "boot" && key.name === name)),
  );
  return [...recorded, ...unrecorded.map((key) => ({ ...key, origin: "boot" as const }))];
}

/** The first record of a machine that no state has yet. */
export function firstRecord(instance: Instance, registered: readonly SshKey[]): HeldKey[] {
  const boot = withBootKeys([], instance);
  return [...boot, ...labelledOnly(instance.labels, boot, registered)];
}

/** The keys that only labels know, in the form of the record. Those are left out of which no MD5 fingerprint is known. */
export function labelledOnly(
  labels: Labels | undefined,
  recorded: readonly HeldKey[],
  registered: readonly SshKey[],
): HeldKey[] {
  const known = recorded.map((key) => factsOf(key));
  const knownLabels = new Set(known.flatMap(heldKeyLabels));
  return labelledKeys(labels).flatMap(({ label, sha256Hex, fingerprintMd5: digits }) => {
    const fingerprintMd5 = digits?.match(/../g)?.join(":");
    if (fingerprintMd5 === undefined || knownLabels.has(label)) return [];
    if (known.some((key) => key.fingerprintMd5 === fingerprintMd5)) return [];
    const name = registered.find(({ fingerprint }) => fingerprint === fingerprintMd5)?.name;
    const unnamed = sha256Hex === undefined ? `MD5 ${fingerprintMd5}` : unnamedKey(sha256Hex);
    const origin = labels?.[label] === "boot" ? ("boot" as const) : ("ssh" as const);
    return [{ name: name ?? unnamed, fingerprintMd5, origin }];
  });
}

/** Stands for the name of a key of which only a label is known. */
export function unnamedKey(sha256Hex: string): string {
  return `SHA-256 ${sha256Hex}...`;
}

/** `sshKeys` of a machine that is imported: what opens it, by the names in the account. */
export function declarableKeys(
  { labels, "ssh-keys": listed }: Instance,
  recorded: readonly HeldKey[],
  registered: readonly SshKey[],
): SshKeyReference[] {
  const names = new Set([...listedKeys(listed), ...registered].map(({ name }) => name));
  const open = recorded.filter((key) => names.has(key.name) && !isClosed(labels, factsOf(key)));
  return [...new Set(open.map(({ name }) => name))].map((name) => ({ name }));
}

/** The record with public keys that are known from elsewhere, so that the labels of its keys are known as well. */
export function withPublicKeys(recorded: readonly HeldKey[], references: readonly SshKeyReference[] = []): HeldKey[] {
  const known = references.filter(({ publicKeyOpenssh }) => publicKeyOpenssh !== undefined);
  const facts = known.map((reference) => factsOf(reference));
  return recorded.map((key) => {
    const same = key.publicKeyOpenssh === undefined && facts.find((other) => isSameKey(factsOf(key), other));
    return same && same.publicKeyOpenssh !== undefined ? { ...key, publicKeyOpenssh: same.publicKeyOpenssh } : key;
  });
}

/** Keys of first boot of which a label has only the SHA-256, and which are none of the known keys. */
export function unrecognizedKeys(labels: Labels | undefined, known: readonly KeyFacts[]): LabelledKey[] {
  const names = new Set(known.flatMap(heldKeyLabels));
  return labelledKeys(labels).filter(({ label, fingerprintMd5 }) => fingerprintMd5 === undefined && !names.has(label));
}

/**
 * Unrecognized keys that cannot be recorded ones whose SHA-256 is unknown, because there are more of them: the API no
 * longer lists them. Which ones these are is not known then, so all are returned.
 */
export function unlistedKeys(
  labels: Labels | undefined,
  recorded: readonly HeldKey[],
  declared: readonly SshKeyReference[] = [],
): LabelledKey[] {
  const known = withPublicKeys(recorded, declared).map((key) => factsOf(key));
  const unrecognized = unrecognizedKeys(labels, [...known, ...declared.map((key) => factsOf(key))]);
  const candidates = known.filter(
    (key) => key.fingerprintSha256 === undefined && !heldKeyLabels(key).some((label) => label in (labels ?? {})),
  );
  return unrecognized.length > candidates.length ? unrecognized : [];
}
