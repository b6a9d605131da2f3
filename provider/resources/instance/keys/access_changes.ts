import type { SshKey } from "../../../account";
import { known, type Previewed, UNKNOWN } from "../../contract/description";
import type { InstanceInputs, InstanceState } from "../fields";
import { factsOf, isSameKey, type KeyFacts } from "./key_facts";
import { keysInList } from "./keys";

/**
 * Who will lose and who will gain access to an instance by a change of its keys, one line for each key. Keys are
 * compared by what they are, not by their places in the list.
 */
export function accessChanges(state: InstanceState, next: Previewed<InstanceInputs["sshKeys"]>): string[] {
  if (next === UNKNOWN) return [];
  const before = keysBefore(state);
  const after = keysInList(next).flatMap(factsIfKnown);
  const isSure = after.length === (next?.length ?? 0);
  const lost = before.filter((key) => !after.some((other) => isSameKey(key, other)));
  const gained = after.filter((key) => !before.some((other) => isSameKey(key, other)));
  const nameOf = (key: KeyFacts, others: readonly KeyFacts[]) => {
    const isAmbiguous = others.some(({ name }) => name === key.name);
    return isAmbiguous ? `"${key.name}" (${key.fingerprintSha256 ?? key.fingerprintMd5})` : `"${key.name}"`;
  };
  const instance = `instance "${state.name}"`;
  return [
    ...lost.map((key) => `SSH key ${nameOf(key, gained)} ${isSure ? "will lose" : "may lose"} access to ${instance}.`),
    ...gained.map((key) => `SSH key ${nameOf(key, lost)} will gain access to ${instance}.`),
    ...(isSure ? [] : [`A key that is not known yet will gain access to ${instance}.`]),
  ];
}

/** The keys that leave an instance: it has them by its record, and the program no longer declares them. */
export function leavingKeys(
  last: Pick<InstanceState, "heldKeys" | "sshKeys">,
  { sshKeys = [] }: Pick<InstanceInputs, "sshKeys">,
): KeyFacts[] {
  const declared = sshKeys.map((key) => factsOf(key));
  return keysBefore(last).filter((key) => !declared.some((other) => isSameKey(key, other)));
}

/** The keys that the instance has by its record, and those that the program declared, each once. */
function keysBefore({ heldKeys, sshKeys = [] }: Pick<InstanceState, "heldKeys" | "sshKeys">): KeyFacts[] {
  const held = heldKeys.filter(({ closed }) => !closed).map((key) => factsOf(key));
  const declared = sshKeys.map((key) => factsOf(key));
  return [...held, ...declared.filter((key) => !held.some((other) => isSameKey(key, other)))];
}

type PreviewedKey = ReturnType<typeof keysInList>[number];

function factsIfKnown(reference: PreviewedKey): KeyFacts[] {
  const name: string | undefined = known(reference.name);
  // A pair that keeps its name keeps its key: a re-encoded one.
  return name === undefined ? [] : [factsOf({ name, publicKeyOpenssh: known(reference.publicKeyOpenssh) })];
}

/** The names of keys by their fingerprints, for messages: what the program calls them, else the account. */
export function namesByFingerprint(
  last: Pick<InstanceState, "heldKeys" | "sshKeys">,
  { sshKeys = [] }: Pick<InstanceInputs, "sshKeys">,
  registered: readonly SshKey[],
): ReadonlyMap<string, string> {
  const inAccount = registered.map(({ name, fingerprint }) => ({ name, fingerprintMd5: fingerprint }));
  const keys: KeyFacts[] = [...inAccount, ...keysBefore(last), ...sshKeys.map((key) => factsOf(key))];
  // A key that only a file of the machine has shown has no name.
  const named = keys.filter(({ name }) => name !== "");
  return new Map(
    named.flatMap(({ name, fingerprintMd5, fingerprintSha256 }) =>
      [fingerprintMd5, fingerprintSha256].flatMap((fingerprint) => (fingerprint ? [[fingerprint, name] as const] : [])),
    ),
  );
}
