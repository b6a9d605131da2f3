import type { SshKey } from "../../account";
import { hasUnknown, known, type Previewed } from "../contract/description";
import { samePublicKeyText } from "../ssh_key_pair/material";
import type { InstanceInputs, InstanceState, SshKeyReference } from "./fields";

type Keys = InstanceInputs["sshKeys"];
type HeldKey = InstanceState["heldKeys"][number];
type ListedKey = InstanceState["bootSshKeys"][number];

/**
 * Whether two lists provision an instance with the same keys: order and names aside, where the public keys are known.
 *
 * During a preview a key whose name stays and whose public key is unknown counts as the same one: a pair that is
 * re-encoded keeps its name, and a pair that is replaced gets another.
 */
export function sameKeys(last: Keys, next: Previewed<Keys>): boolean {
  const lasts = last ?? [];
  const nexts = next ?? [];
  if (!Array.isArray(nexts)) return false;
  return (
    lasts.length === nexts.length && nexts.every((key) => lasts.some((candidate) => sameReference(candidate, key)))
  );
}

function sameReference(last: SshKeyReference, next: Previewed<SshKeyReference>): boolean {
  if (typeof next !== "object") return false;
  const nextKey = known(next.publicKeyOpenssh);
  if (last.publicKeyOpenssh === undefined || nextKey === undefined) return last.name === next.name;
  return samePublicKeyText(last.publicKeyOpenssh, nextKey);
}

/** The keys that an instance has had since its first boot, as our own record keeps them. */
export function keysOfFirstBoot(sshKeys: Keys, registered: readonly SshKey[]): HeldKey[] {
  return (sshKeys ?? []).map(({ name, publicKeyOpenssh }) => {
    const fingerprintMd5 = registered.find((key) => key.name === name)?.fingerprint;
    return {
      name,
      origin: "boot",
      ...(fingerprintMd5 !== undefined && { fingerprintMd5 }),
      ...(publicKeyOpenssh !== undefined && { publicKeyOpenssh }),
    };
  });
}

/** Keys as the API lists them on an instance. */
export function listedKeys(keys: readonly Partial<SshKey>[] = []): ListedKey[] {
  return keys.flatMap(({ name, fingerprint }) =>
    name === undefined ? [] : [{ name, ...(fingerprint !== undefined && { fingerprintMd5: fingerprint }) }],
  );
}

/** The keys that a machine was given and that the account no longer has: deleted there, still valid here. */
export function staleKeys(
  boot: readonly ListedKey[],
  held: readonly HeldKey[],
  registered: readonly SshKey[],
): ListedKey[] {
  const given = [
    ...boot,
    ...held.map(({ name, fingerprintMd5 }) => ({ name, ...(fingerprintMd5 && { fingerprintMd5 }) })),
  ];
  const unique = new Map(given.map((key) => [key.fingerprintMd5 ?? key.name, key]));
  return [...unique.values()].filter((key) => !registered.some((candidate) => isRegistered(key, candidate)));
}

/** By fingerprint where it is known: the account may have the same key under another name, or another one under this. */
function isRegistered({ name, fingerprintMd5 }: ListedKey, registered: SshKey): boolean {
  return fingerprintMd5 === undefined ? registered.name === name : registered.fingerprint === fingerprintMd5;
}

/**
 * Keys that the program names and that nothing else in it is about to make, so that the account must have them
 * already. A key that the instance has had before is not asked for again: it may be gone from the account by now.
 */
export function keysToFind(sshKeys: Previewed<Keys>, before: unknown): { index: number; name: string }[] {
  if (!Array.isArray(sshKeys)) return [];
  const had = new Set(Array.isArray(before) ? before.map((key: SshKeyReference) => key?.name) : []);
  return sshKeys.flatMap((key: Previewed<SshKeyReference>, index) => {
    const name = typeof key === "object" ? known(key.name) : undefined;
    return name === undefined || had.has(name) || hasUnknown(key) ? [] : [{ index, name }];
  });
}
