import type { Instance, KeyChangeReport, SshKey } from "../../../account";
import type { PublicKey } from "../../../keys/public_key";
import {
  closedKeyLabel,
  closedKeyLabels,
  type LabelChanges,
  labelsBeforeAdding,
  labelsOnceClosed,
} from "../../labels/key_labels";
import { type Labels, OWNER_LABEL, sha256InHex } from "../../labels/reserved_labels";
import type { KeyPlan } from "./key_plan";

/** The labels of a machine whose keys are changed: before the keys are added, and once the old ones are proven closed. */

/** The changes before keys are added. A machine that nobody owns gets the owner, so that an interrupted run knows it. */
export function labelsBefore(before: Labels, keys: readonly PublicKey[], owner: string | undefined): LabelChanges {
  const claims = keys.length > 0 && before[OWNER_LABEL] === undefined;
  return Object.assign(claims ? { [OWNER_LABEL]: owner } : {}, ...keys.map((key) => labelsBeforeAdding(key, owner)));
}

/** The labels of closed keys that are still needed: of keys of the account, and of keys that the API lists here. */
export function closedLabelsToKeep(
  { "ssh-keys": listed = [] }: Instance,
  registered: readonly SshKey[],
): ReadonlySet<string> {
  return new Set([...registered, ...listed].map(({ fingerprint = "" }) => closedKeyLabel(fingerprint)));
}

/** The changes once the keys of a plan are proven. @param toKeep the labels of closed keys that are still needed */
export function labelsAfter(
  before: Labels,
  plan: KeyPlan,
  { hostKey, closed }: KeyChangeReport,
  toKeep: ReadonlySet<string>,
): LabelChanges {
  const host = sha256InHex(hostKey.fingerprintSha256);
  const removed = plan.removed.filter(({ fingerprintMd5 }) => closed.includes(fingerprintMd5 ?? ""));
  const changes: LabelChanges = Object.assign(
    // A stray key that no file has was never added, or is removed: only its label knows it.
    Object.fromEntries([...plan.strays].map(({ label }) => [label, undefined])),
    ...removed.map((key) => labelsOnceClosed(key, host)),
    ...closed.map((fingerprintMd5) => labelsOnceClosed({ fingerprintMd5 }, host)),
  );
  const closedLabels = [...closedKeyLabels(before), ...closedKeyLabels(changes as Labels)];
  return {
    ...changes,
    ...Object.fromEntries(closedLabels.filter((name) => !toKeep.has(name)).map((name) => [name, undefined])),
  };
}
