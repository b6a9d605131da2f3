import { ReplacementRefusedError } from "../../errors";
import { openPublicHalf } from "../../keys/opened_keys";
import { parsePublicKey } from "../../keys/public_key";
import { hasUnknown, known, type PreviewedFields } from "../contract/description";
import { type Identity, identityDigest } from "../contract/identity";
import { fitsNewKey, NEW_KEY_NAME_RULE } from "../contract/key_name";
import type { Context, Diff, Log } from "../contract/resource";
import { hasPrivateHalf, type SshKeyPairInputs, type SshKeyPairState } from "./fields";
import { rememberPair } from "./succession";

/**
 * Decides what a change means for a registered pair. Another form of the same key is no replacement, a key that is gone
 * from the account is registered again, and a replacement that has to delete first is refused if it could lock somebody
 * out.
 *
 * @throws ReplacementRefusedError
 */
export function adjustKeyPairDiff(
  diff: Diff,
  state: SshKeyPairState,
  inputs: PreviewedFields<SshKeyPairInputs>,
  { run, log }: Pick<Context, "run" | "log">,
): Diff {
  const identity = known(inputs.identity) ?? state.identity;
  rememberPair(run, { ...state, ...(identity && { identity }) });
  const same = diff.replaces.filter((name) => isSameImportedKey(name, state, inputs));
  const equivalent =
    isBare(state) && same.includes("publicKey") ? diff.replaces.filter(isFirstDeclaredAfterImport) : [];
  const replaces = diff.replaces.filter((name) => !same.includes(name) && !equivalent.includes(name));
  const unregistered = state.registeredFingerprintMd5 !== state.publicKeyFingerprintMd5;
  if (replaces.length === 0) {
    if (unregistered && state.registeredFingerprintMd5 !== undefined) log.warn(takenNameReason(state));
    const drifted = unregistered || isRenamed(state, identity);
    return { ...diff, replaces, drifted, ...(equivalent.length > 0 && { equivalent }) };
  }
  const deleteBeforeReplace = inputs.autoNamed === false && inputs.name === state.name;
  if (deleteBeforeReplace && !fitsNewKey(state.name)) {
    throw new ReplacementRefusedError(
      `Changing ${replaces.join(", ")} replaces an SSH key, and ${whyNameIsLost(state.name, "new pair")}`,
    );
  }
  if (deleteBeforeReplace) refuseLockout(state, inputs, replaces);
  warnOfReplacement(state, replaces, log);
  return { ...diff, replaces, deleteBeforeReplace, drifted: false };
}

/**
 * Whether the identity has changed, as by a rename of the stack. With the old identity in its state, the pair would
 * take another pair that has this identity today for its successor.
 */
function isRenamed({ identity: last }: SshKeyPairState, now: Identity | undefined): boolean {
  return last !== undefined && identityDigest(last) !== identityDigest(now);
}

/** Whether a pair was imported by its name, so that only its fingerprint is known. */
function isBare(state: SshKeyPairState): boolean {
  return state.publicKeyOpenssh === undefined;
}

/** Whether an input is first declared after an import by name, so that its value is no change. */
function isFirstDeclaredAfterImport(name: string): boolean {
  return name === "publicKey" || name === "triggers";
}

/**
 * Says that somebody registered another key under our name. The pair is not replaced for that: its private half in the
 * state may be the only key that opens the instances, and a replacement would delete it.
 */
export function takenNameReason({ name, registeredFingerprintMd5, publicKeyFingerprintMd5 }: SshKeyPairState): string {
  return (
    `SSH key "${name}" in the account is no longer this stack's: its fingerprint is ${registeredFingerprintMd5}, ours ` +
    `is ${publicKeyFingerprintMd5}. ` +
    (fitsNewKey(name)
      ? `Delete it there (exo compute ssh-key delete ${name}), and "pulumi up" registers ours again.`
      : "No new key can have that name: give the pair another name.")
  );
}

/** The error text for an old key that would have to be registered again under its name. */
export function whyNameIsLost(name: string, pair: string): string {
  return `no new key can have the name "${name}": ${NEW_KEY_NAME_RULE}. Give the ${pair} another name.`;
}

/**
 * Whether the imported key is the one that the pair has. Compares fingerprints, because some states have nothing else.
 */
function isSameImportedKey(
  property: string,
  state: SshKeyPairState,
  inputs: PreviewedFields<SshKeyPairInputs>,
): boolean {
  if (property !== "publicKey" && property !== "privateKey") return false;
  const publicKey = known(inputs.publicKey);
  if (publicKey !== undefined) return parsePublicKey(publicKey).fingerprintMd5 === state.publicKeyFingerprintMd5;
  // Without its passphrase an encrypted key cannot be compared.
  const privateKey = hasUnknown(inputs.passphrase) ? undefined : known(inputs.privateKey);
  if (privateKey === undefined) return false;
  const imported = openPublicHalf(privateKey, known(inputs.passphrase));
  return imported?.fingerprintMd5 === state.publicKeyFingerprintMd5;
}

function refuseLockout(
  state: SshKeyPairState,
  inputs: PreviewedFields<SshKeyPairInputs>,
  replaces: readonly string[],
): void {
  const isNeeded = isBare(state) || hasPrivateHalf(state) || state.onDelete === "revoke";
  if (!isNeeded || inputs.allowLockout === true) return;
  if (isBare(state)) {
    throw new ReplacementRefusedError(
      `SSH key "${state.name}" was imported by its name, and ${replaces.join(", ")} would replace it and delete it from the ` +
        "account. To keep it, give its publicKey or its privateKey, and no input that generates a key: its MD5 " +
        `fingerprint is ${state.publicKeyFingerprintMd5}. To replace it, set allowLockout: true.`,
    );
  }
  throw new ReplacementRefusedError(
    `Changing ${replaces.join(", ")} replaces SSH key "${state.name}". Two keys cannot have one name, so the old one ` +
      "would be deleted, private key included, before the new one exists: everybody who depends on it is locked out. " +
      "Remove name (generated names let both exist for a moment), give the new pair another name, or set " +
      "allowLockout: true.",
  );
}

function warnOfReplacement(state: SshKeyPairState, replaces: readonly string[], log: Log): void {
  const goes = state.privateKeyFile === undefined ? "leaves the state" : `is removed from "${state.privateKeyFile}"`;
  const privateKeyGoes = hasPrivateHalf(state)
    ? ` Its private key ${goes}: if a machine accepts no other key, save it first.`
    : "";
  const replaced = `SSH key "${state.name}" will be replaced (${replaces.join(", ")}).`;
  if (state.onDelete === "revoke") {
    log.info(`${replaced} The old key is removed from every instance that holds it, and the new one takes its place.`);
    return;
  }
  // Which machines change is known only after this diff: the instances depend on the pair.
  const consequence =
    state.onDelete === "refuse"
      ? ', and then the old key is not deleted (onDelete: "refuse").'
      : ": deleting a key from the account does not revoke it.";
  log.warn(
    `${replaced} Instances of this program that list it in sshKeys, and have a connection, change to the new key. Every other ` +
      `machine that holds the old key keeps accepting it${consequence} To close it there too, first set onDelete: ` +
      `"revoke" and run "pulumi up", then replace the key.${privateKeyGoes}`,
  );
}
