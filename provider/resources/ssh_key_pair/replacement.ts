import { ReplacementRefusedError } from "../../errors";
import { parsePrivateKey } from "../../keys/private_key";
import { given, known, type PreviewedFields } from "../contract/description";
import type { Diff, Log } from "../contract/resource";
import type { SshKeyPairInputs, SshKeyPairState } from "./fields";
import { samePublicKeyText } from "./material";

/**
 * Decides what a change means for a registered pair: nothing but another comment is no replacement, a key that
 * vanished from the account is registered again, and a replacement that could only delete first is refused.
 *
 * @throws ReplacementRefusedError
 */
export function refineKeyPairDiff(
  diff: Diff,
  state: SshKeyPairState,
  inputs: PreviewedFields<SshKeyPairInputs>,
  log: Log,
): Diff {
  const replaces = diff.replaces.filter((name) => !isSameKeyAnew(name, state, inputs));
  if (isTaken(state)) replaces.push("name");
  if (replaces.length === 0) return { ...diff, replaces, drifted: state.registeredFingerprintMd5 === undefined };

  const deleteBeforeReplace = inputs.autoNamed === false && inputs.name === state.name;
  if (deleteBeforeReplace) refuseLockout(state, inputs, replaces);
  warnOfReplacement(state, replaces, log);
  return { ...diff, replaces, deleteBeforeReplace, drifted: isTaken(state) };
}

/** The text of an imported key changed, but it is the same key. */
function isSameKeyAnew(property: string, state: SshKeyPairState, inputs: PreviewedFields<SshKeyPairInputs>): boolean {
  const registered = state.publicKeyOpenssh;
  if (registered === undefined) return false;
  const publicKey = known(inputs.publicKey);
  if (property === "publicKey" && given(state.publicKey) && publicKey !== undefined) {
    return samePublicKeyText(registered, publicKey);
  }
  const privateKey = known(inputs.privateKey);
  if (property === "privateKey" && given(state.privateKey) && privateKey !== undefined) {
    return samePublicKeyText(registered, parsePrivateKey(privateKey, known(inputs.passphrase)).publicKey().openssh);
  }
  return false;
}

/** Somebody registered another key under our name. */
function isTaken(state: SshKeyPairState): boolean {
  return (
    state.registeredFingerprintMd5 !== undefined && state.registeredFingerprintMd5 !== state.publicKeyFingerprintMd5
  );
}

function refuseLockout(
  state: SshKeyPairState,
  inputs: PreviewedFields<SshKeyPairInputs>,
  replaces: readonly string[],
): void {
  if (isTaken(state)) {
    throw new ReplacementRefusedError(
      `SSH key "${state.name}" in the account is no longer this stack's: its fingerprint is ` +
        `${state.registeredFingerprintMd5}, ours is ${state.publicKeyFingerprintMd5}. Delete it there (exo compute ` +
        `ssh-key delete ${state.name}) and run "pulumi refresh", and "pulumi up" registers ours again; or give this ` +
        "pair another name.",
    );
  }
  if (state.privateKeyOpenssh === undefined || inputs.allowLockout === true) return;
  throw new ReplacementRefusedError(
    `Changing ${replaces.join(", ")} replaces SSH key "${state.name}". Two keys cannot have one name, so the old one ` +
      "would be deleted, private key included, before the new one exists: whoever depends on it is locked out. " +
      "Remove name (generated names let both exist for a moment), give the new pair another name, or set " +
      "allowLockout: true.",
  );
}

function warnOfReplacement(state: SshKeyPairState, replaces: readonly string[], log: Log): void {
  log.warn(
    `SSH key "${state.name}" will be replaced (${replaces.join(", ")}). Instances that hold the old key keep accepting ` +
      "it: deleting a key from the account does not revoke it.",
  );
}
