import type { Instance, KeyChangeReport } from "../../../account";
import { heldKeyLabels } from "../../labels/key_labels";
import { factsOf, isSameKey, type KeyFacts } from "./key_facts";
import type { KeyPlan } from "./key_plan";
import { listedKeys } from "./keys";

/**
 * A warning for each key that Exoscale says the machine was given, that is to go, and that no file has. If its public key
 * is not known, sshd cannot be asked either. If it is, sshd refuses that key; but Exoscale may mean another one, because
 * it lists the keys of a machine by their names.
 */
export function neverFound(
  instance: Instance,
  { removed }: KeyPlan,
  { closed, found }: Pick<KeyChangeReport, "closed" | "found">,
): string[] {
  const listed = listedKeys(instance["ssh-keys"]).map((key) => factsOf(key));
  // A label has the fingerprint that the key had when the machine was given it.
  const isLabelled = (key: KeyFacts) => heldKeyLabels(key).some((label) => label in (instance.labels ?? {}));
  const isDoubtful = (key: KeyFacts) => listed.some((other) => isSameKey(key, other)) && !isLabelled(key);
  const isIn = (fingerprints: readonly string[], { fingerprintMd5 = "" }: KeyFacts) =>
    fingerprints.includes(fingerprintMd5);
  return removed.flatMap((key) => {
    if (key.publicKeyOpenssh === undefined && !isIn(closed, key)) return [`${text(instance, key)} ${HOW_TO_ASK}`];
    return isDoubtful(key) && !isIn(found, key) ? [text(instance, key)] : [];
  });
}

function text(instance: Instance, { name, fingerprintMd5 }: KeyFacts): string {
  return (
    `Instance "${instance.name}": Exoscale says that it was given SSH key "${name}" (${fingerprintMd5}), and no file there ` +
    "has that key. If the account once had another key under this name, that one may still log in: look through " +
    "~/.ssh/authorized_keys there for a line that nobody needs, and remove it."
  );
}

const HOW_TO_ASK =
  "To have sshd asked about this one, put it back into sshKeys with its publicKeyOpenssh, and take it out again.";
