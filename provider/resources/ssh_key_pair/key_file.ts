import { KeyFileMissingError, KeyFileTakenError, KeyFileUnusableError, WrongPassphraseError } from "../../errors";
import { openPrivateKey } from "../../keys/opened_keys";
import { publicHalf } from "../../keys/public_half";
import type { Place, PrivateKeyFiles } from "../../private_key_file";
import type { Context } from "../contract/resource";
import type { SshKeyPairInputs, SshKeyPairState } from "./fields";
import type { KeyMaterial, KeyOutputs } from "./material";

/** Why a key file cannot be created at a path that is not free, and what to do. */
export function takenReason(path: string, place: Place): string {
  if (place.is === "blocked") return `"${path}" ${place.why}.`;
  const fingerprint = place.is === "file" ? publicHalf(place.text)?.fingerprintSha256 : undefined;
  const content = fingerprint ? `holds the private key ${fingerprint}` : "does not hold a readable key";
  const todo = `"${path}" exists and ${content}. A file is never overwritten: choose another privateKeyFile, or move that file away.`;
  return fingerprint ? `${todo} ${MAY_BE_IN_USE}` : todo;
}

const MAY_BE_IN_USE =
  "It may be the only copy of a key in use: this pair's before its replacement, or another stack's. Delete it only if no " +
  "key pair and no machine has that fingerprint.";

/**
 * Writes the private key of a new pair into its file.
 *
 * @returns the outputs without the private half, for the state
 * @throws KeyFileTakenError, KeyFileUnusableError
 */
export async function storeNewKey(path: string, outputs: KeyOutputs, files: PrivateKeyFiles): Promise<KeyOutputs> {
  const place = await files.inspect(path);
  if (place.is !== "free") throw new KeyFileTakenError(takenReason(path, place));
  await files.create(path, outputs.privateKeyOpenssh ?? "");
  return withoutPrivateHalf(outputs);
}

/**
 * The material of a pair whose private half is in a file. An interrupted update may have left it at the path of the
 * inputs, under their passphrase.
 *
 * @throws KeyFileMissingError if no file on this machine holds it
 */
export async function readMaterial(
  last: SshKeyPairState,
  inputs: SshKeyPairInputs,
  files: PrivateKeyFiles,
): Promise<KeyMaterial> {
  for (const path of keyFilesOf(last, inputs)) {
    const place = await files.inspect(path);
    if (place.is !== "file" || !isKeyOf(last, place.text)) continue;
    const privateKey = await decrypt(path, place.text, [last.passphrase, inputs.passphrase]);
    return { privateKey, publicKey: privateKey.publicKey() };
  }
  throw new KeyFileMissingError(missingReason(last.privateKeyFile ?? "", last.publicKeyFingerprintSha256));
}

/** The paths where the private half of a pair may be: the old one, and the one it was being moved to. */
export function keyFilesOf(...inputs: readonly { readonly privateKeyFile?: string | undefined }[]): string[] {
  return [...new Set(inputs.flatMap(({ privateKeyFile }) => privateKeyFile ?? []))];
}

/** Says that a change needs a file which this machine does not have, and what to do. */
export function missingReason(path: string, fingerprint?: string): string {
  const key = fingerprint ? ` (${fingerprint})` : "";
  return (
    `"${path}" on this machine does not hold the private key of the pair${key}, which this change needs. Nothing was ` +
    "changed. Run Pulumi on the machine that has the file, or undo the change. If an update to another privateKeyFile was " +
    "interrupted, the key may be there: set that path again, and the next update continues. If the key is lost, replace " +
    "the pair with new triggers and another privateKeyFile."
  );
}

function isKeyOf(state: SshKeyPairState, text: string): boolean {
  return publicHalf(text)?.fingerprintMd5 === state.publicKeyFingerprintMd5;
}

async function decrypt(path: string, text: string, passphrases: readonly (string | undefined)[]) {
  for (const passphrase of new Set(passphrases)) {
    try {
      return await openPrivateKey(text, passphrase);
    } catch (error) {
      if (!(error instanceof WrongPassphraseError)) throw error;
    }
  }
  throw new WrongPassphraseError(
    `The passphrase of the pair does not open the private key file "${path}". Give the file its old passphrase again: ` +
      `ssh-keygen -p -f "${path}".`,
  );
}

/**
 * Changes the file of a pair according to the inputs, as the last step of an update. The old file stays until the new
 * one is written.
 *
 * @param outputs with the private half if it was encoded again
 * @returns the outputs for the state
 * @throws KeyFileTakenError, KeyFileUnusableError
 */
export async function storeChangedKey(
  last: SshKeyPairState,
  inputs: SshKeyPairInputs,
  outputs: KeyOutputs,
  context: Pick<Context, "files" | "log">,
): Promise<KeyOutputs> {
  const { files, log } = context;
  const path = inputs.privateKeyFile;
  if (path === undefined) {
    if (last.privateKeyFile !== undefined) log.info(keptFileMessage(last));
    return outputs;
  }
  const text = outputs.privateKeyOpenssh;
  if (text !== undefined) await writeOwnKey(path, text, last, files);
  const before = last.privateKeyFile;
  if (before === undefined) log.warn(oldStatesMessage(last.name, path));
  // If both paths name one file, removing the old one would remove what has just been written.
  else if (before !== path && !(await files.isSameFile(before, path))) await removeKeyFile(last, context);
  return withoutPrivateHalf(outputs);
}

async function writeOwnKey(path: string, text: string, last: SshKeyPairState, files: PrivateKeyFiles): Promise<void> {
  const place = await files.inspect(path);
  if (place.is === "free") return await files.create(path, text);
  if (place.is === "blocked" || !isKeyOf(last, place.text)) throw new KeyFileTakenError(takenReason(path, place));
  if (place.text !== text) await files.replace(path, place.text, text);
}

function keptFileMessage({ name, privateKeyFile }: SshKeyPairState): string {
  return `SSH key "${name}" no longer has a privateKeyFile. "${privateKeyFile}" still exists: delete it if nobody needs it.`;
}

function oldStatesMessage(name: string, path: string): string {
  return (
    `The private key of SSH key "${name}" is now in "${path}" and no longer in the state. Older versions of the state ` +
    "(backups, history) still contain it: if that matters, change triggers to make a new pair."
  );
}

/** Removes the file of a pair if it holds the pair's key. Otherwise only logs that it does not. */
export async function removeKeyFile(last: SshKeyPairState, { files, log }: Pick<Context, "files" | "log">) {
  const path = last.privateKeyFile;
  if (path === undefined) return;
  const place = await files.inspect(path);
  if (place.is !== "file" || !isKeyOf(last, place.text)) return log.info(keyNotFoundMessage(last, place));
  try {
    await files.remove(path, place.text);
  } catch (error) {
    if (!(error instanceof KeyFileUnusableError)) throw error;
    log.warn(
      `The private key of SSH key "${last.name}" is still on this machine. ${error.message} Delete it yourself.`,
    );
  }
}

function keyNotFoundMessage({ name, privateKeyFile }: SshKeyPairState, place: Place): string {
  const found = place.is === "file" ? "holds something else and is not deleted" : "is not on this machine";
  const seen = place.is === "blocked" ? `${place.why} and is not deleted` : found;
  return `The private key file of SSH key "${name}", "${privateKeyFile}", ${seen}. If it is elsewhere, delete it there.`;
}

function withoutPrivateHalf(outputs: KeyOutputs): KeyOutputs {
  const { privateKeyOpenssh: _openssh, privateKeyPem: _pem, privateKeyPutty: _putty, ...publicOutputs } = outputs;
  return publicOutputs;
}
