import type { SshKey } from "../../../account";
import { NameTakenOverError } from "../../../errors";
import { parsePublicKey, samePublicKeyText } from "../../../keys/public_key";
import { known, type Previewed } from "../../contract/description";
import type { Run } from "../../contract/run";
import type { InstanceInputs, InstanceState, SshKeyReference } from "../fields";

type Keys = InstanceInputs["sshKeys"];
type HeldKey = InstanceState["heldKeys"][number];
type ListedKey = InstanceState["bootSshKeys"][number];

/**
 * Whether two lists provision an instance with the same keys, in any order. Names do not matter if the public keys are
 * known.
 *
 * During a preview a key whose name stays and whose public key is unknown counts as the same one: a pair that is
 * re-encoded keeps its name, and a pair that is replaced gets another.
 */
export function sameKeys(last: Keys, next: Previewed<Keys>): boolean {
  const lasts = last ?? [];
  const nexts = next ?? [];
  if (!Array.isArray(nexts)) return false;
  return (
    lasts.length === nexts.length &&
    nexts.every((key) => lasts.some((candidate) => sameReference(candidate, key))) &&
    lasts.every((key) => nexts.some((candidate) => sameReference(key, candidate)))
  );
}

type PreviewedKey = Partial<Record<"name" | "publicKeyOpenssh", never>>;

/** The keys of a list. Unknown ones are left out; an unknown list has none. */
export function keysInList(keys: Previewed<Keys>): PreviewedKey[] {
  // The check of the fields has verified their shape.
  return Array.isArray(keys) ? keys.filter((key) => typeof key === "object") : [];
}

/** The same for items of checked lists of keys as a front has them. */
export function isSameReference(last: unknown, next: unknown): boolean {
  // The check of the fields has verified their shape.
  return sameReference(last as SshKeyReference, next as Previewed<SshKeyReference>);
}

function sameReference(last: SshKeyReference, next: Previewed<SshKeyReference>): boolean {
  if (typeof next !== "object") return false;
  const nextKey = known(next.publicKeyOpenssh);
  if (last.publicKeyOpenssh === undefined || nextKey === undefined) return last.name === next.name;
  return samePublicKeyText(last.publicKeyOpenssh, nextKey);
}

/**
 * The keys of a new instance, in the form of `heldKeys`.
 *
 * @throws NameTakenOverError when the account has another key under one of the names than the program means
 */
export function keysOfFirstBoot(sshKeys: Keys, registered: readonly SshKey[]): HeldKey[] {
  return (sshKeys ?? []).map((reference) => {
    const { name, publicKeyOpenssh } = reference;
    const other = otherKeyReason(reference, registered);
    if (other !== undefined) throw new NameTakenOverError(other);
    const fingerprintMd5 = registered.find((key) => key.name === name)?.fingerprint;
    return {
      name,
      origin: "boot",
      ...(fingerprintMd5 !== undefined && { fingerprintMd5 }),
      ...(publicKeyOpenssh !== undefined && { publicKeyOpenssh }),
    };
  });
}

/** The error text if the account has another key under the name than the program means: it would open the instance. */
export function otherKeyReason(
  { name, publicKeyOpenssh }: SshKeyReference,
  registered: readonly SshKey[],
): string | undefined {
  const fingerprint = registered.find((key) => key.name === name)?.fingerprint;
  const meant = publicKeyOpenssh === undefined ? undefined : parsePublicKey(publicKeyOpenssh).fingerprintMd5;
  if (fingerprint === undefined || meant === undefined || fingerprint === meant) return undefined;
  return (
    `SSH key "${name}" in the account is another one than the program means: its fingerprint is ${fingerprint}, the ` +
    `program's is ${meant}. The holder of that key could log in. Delete it from the account, or correct the name.`
  );
}

/**
 * The error text for a program that gives the public key of a name for the first time, if the instance was given
 * another key under that name. A comparison by name would not see the difference.
 */
export function otherKeyGivenReason(state: InstanceState, next: Previewed<Keys>): string | undefined {
  // A state that a person edited may lack the record.
  const given = [...(state.heldKeys ?? []), ...state.bootSshKeys];
  const wrong = keysInList(next).find((reference) => {
    const [name, key] = [known(reference.name), known(reference.publicKeyOpenssh)];
    const last = state.sshKeys?.find((candidate) => candidate.name === name);
    if (key === undefined || last === undefined || last.publicKeyOpenssh !== undefined) return false;
    const recorded = given.find((candidate) => candidate.name === name)?.fingerprintMd5;
    return recorded !== undefined && recorded !== parsePublicKey(key).fingerprintMd5;
  });
  if (wrong === undefined) return undefined;
  return (
    `Instance "${state.name}" was given another key under the name "${String(wrong.name)}" than publicKeyOpenssh says. ` +
    "Correct publicKeyOpenssh, or give your key another name."
  );
}

/** The keys of a list, with the public keys of those pairs of the program that it names and the account has. */
export function withPublicKeysOfRun(sshKeys: Keys, { publicKeys }: Run, registered: readonly SshKey[]): Keys {
  return sshKeys?.map((reference) => {
    const publicKeyOpenssh = reference.publicKeyOpenssh ?? publicKeys.get(reference.name);
    const isOther = publicKeyOpenssh !== undefined && otherKeyReason({ ...reference, publicKeyOpenssh }, registered);
    return publicKeyOpenssh === undefined || isOther ? reference : { ...reference, publicKeyOpenssh };
  });
}

/** Whether an instance was booted with exactly these keys. The API may list a key under another of its names. */
export function wasBootedWith(listed: readonly Partial<SshKey>[], given: readonly HeldKey[]): boolean {
  const isSame = ({ name, fingerprint }: Partial<SshKey>, key: HeldKey) =>
    fingerprint && key.fingerprintMd5 ? fingerprint === key.fingerprintMd5 : name === key.name;
  return (
    listed.every((one) => given.some((key) => isSame(one, key))) &&
    given.every((key) => listed.some((one) => isSame(one, key)))
  );
}

/** Keys as the API lists them on an instance. */
export function listedKeys(keys: readonly Partial<SshKey>[] = []): ListedKey[] {
  return keys.flatMap(({ name, fingerprint }) =>
    name === undefined ? [] : [{ name, ...(fingerprint !== undefined && { fingerprintMd5: fingerprint }) }],
  );
}

/** Keys that a machine was given and that the account no longer has: deleted there, still valid here. */
export function staleKeys(
  boot: readonly ListedKey[],
  held: readonly HeldKey[],
  registered: readonly SshKey[],
): ListedKey[] {
  // The API may list a deleted key by its name only; `heldKeys` has its fingerprint.
  const known = boot.filter((key) => key.fingerprintMd5 !== undefined || !held.some(({ name }) => name === key.name));
  const isClosed = (key: ListedKey) =>
    held.some(
      ({ closed, fingerprintMd5 }) => closed && fingerprintMd5 !== undefined && fingerprintMd5 === key.fingerprintMd5,
    );
  const given = [
    ...known.filter((key) => !isClosed(key)),
    ...held
      .filter(({ closed }) => !closed)
      .map(({ name, fingerprintMd5 }) => ({ name, ...(fingerprintMd5 && { fingerprintMd5 }) })),
  ];
  const unique = new Map(given.map((key) => [key.fingerprintMd5 ?? key.name, key]));
  return [...unique.values()].filter((key) => !registered.some((candidate) => isRegistered(key, candidate)));
}

/** Compares fingerprints if known: the account may have the key under another name, or another key under this name. */
function isRegistered({ name, fingerprintMd5 }: ListedKey, registered: SshKey): boolean {
  return fingerprintMd5 === undefined ? registered.name === name : registered.fingerprint === fingerprintMd5;
}

/**
 * The keys to look for in the account: those that are wholly known and new to the instance. The account may no longer
 * have older ones. A key whose public half is unknown is about to be created by the program.
 */
export function keysToFind(sshKeys: Previewed<Keys>, before: unknown): (SshKeyReference & { index: number })[] {
  if (!Array.isArray(sshKeys)) return [];
  const had = new Set(Array.isArray(before) ? before.map((key: SshKeyReference) => key?.name) : []);
  return sshKeys.flatMap((key: Previewed<SshKeyReference>, index) => {
    const reference = typeof key === "object" ? known(key) : undefined;
    return reference === undefined || had.has(reference.name) ? [] : [{ ...reference, index }];
  });
}
