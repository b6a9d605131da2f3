import { isKeyAlgorithm } from "../../keys/algorithm";
import { cleanComment } from "../../keys/comment";
import { encodeOpenssh, encodePem, encodePutty } from "../../keys/encode";
import { generatePrivateKey } from "../../keys/generate";
import { openPrivateKey } from "../../keys/opened_keys";
import { type PrivateKey, registrable } from "../../keys/private_key";
import { type PublicKey, parsePublicKey, samePublicKeyText } from "../../keys/public_key";
import { equalValues, hasUnknown, known, type Previewed } from "../contract/description";
import type { SameValue } from "../contract/resource";
import type { SshKeyPairInputs, SshKeyPairState } from "./fields";

/** A pair, or only the public half of one that was imported as such. */
export interface KeyMaterial {
  readonly publicKey: PublicKey;
  readonly privateKey?: PrivateKey;
}

/** The outputs of a pair that follow from its material, comment and passphrase alone. */
export type KeyOutputs = Omit<SshKeyPairState, keyof SshKeyPairInputs | "registeredFingerprintMd5"> &
  Pick<SshKeyPairState, "algorithm">;

/** Imports or generates, as the inputs say. */
export async function importOrGenerate(inputs: SshKeyPairInputs): Promise<KeyMaterial> {
  if (inputs.publicKey !== undefined) return { publicKey: parsePublicKey(inputs.publicKey) };
  const privateKey =
    inputs.privateKey === undefined
      ? await generatePrivateKey(generationOptions(inputs))
      : registrable(await openPrivateKey(inputs.privateKey, inputs.passphrase));
  return { privateKey, publicKey: privateKey.publicKey() };
}

function generationOptions({ algorithm = "ed25519", rsaBits, ecdsaCurve }: SshKeyPairInputs) {
  return { algorithm, ...(rsaBits !== undefined && { rsaBits }), ...(ecdsaCurve !== undefined && { ecdsaCurve }) };
}

/** The material of a pair that exists, from its state. */
export async function materialInState(state: SshKeyPairState): Promise<KeyMaterial | undefined> {
  if (state.privateKeyOpenssh !== undefined) {
    const privateKey = await openPrivateKey(state.privateKeyOpenssh, state.passphrase);
    return { privateKey, publicKey: privateKey.publicKey() };
  }
  const text = state.publicKeyOpenssh ?? state.publicKey;
  return text === undefined ? undefined : { publicKey: parsePublicKey(text) };
}

/** Encodes a pair for the outputs, with the comment, the passphrase and the formats of the inputs. */
export async function encodeOutputs(material: KeyMaterial, inputs: SshKeyPairInputs): Promise<KeyOutputs> {
  // Older versions accepted blanks around it.
  const comment = cleanComment(inputs.comment ?? ((await importedComment(inputs)) || inputs.name || ""));
  const { publicKey } = material;
  const { algorithm } = publicKey;
  return {
    ...(isKeyAlgorithm(algorithm) && { algorithm }),
    publicKeyOpenssh: withComment(publicKey, comment),
    ...(publicKey.pem !== "" && inputs.formats?.includes("pem") && { publicKeyPem: publicKey.pem }),
    publicKeyFingerprintMd5: publicKey.fingerprintMd5,
    publicKeyFingerprintSha256: publicKey.fingerprintSha256,
    ...(material.privateKey && (await encodePrivateOutputs(material.privateKey, comment, inputs))),
  };
}

/** From the inputs, because the key in the state may carry a comment that the program no longer has. */
async function importedComment({ publicKey, privateKey, passphrase }: SshKeyPairInputs): Promise<string> {
  if (publicKey !== undefined) return parsePublicKey(publicKey).comment;
  return privateKey === undefined ? "" : (await openPrivateKey(privateKey, passphrase)).publicKey().comment;
}

function withComment(key: PublicKey, comment: string): string {
  const line = `${key.sshType} ${key.blob.toString("base64")}`;
  return comment === "" ? line : `${line} ${comment}`;
}

async function encodePrivateOutputs(key: PrivateKey, comment: string, { passphrase, formats = [] }: SshKeyPairInputs) {
  const options = { comment, passphrase };
  const putty = formats.includes("putty") ? encodePutty(key, options) : undefined;
  return {
    privateKeyOpenssh: await encodeOpenssh(key, options),
    ...(formats.includes("pem") && { privateKeyPem: await encodePem(key, options) }),
    ...(putty !== undefined && { privateKeyPutty: putty }),
  };
}

/** How to compare inputs of a pair that have several equivalent forms. */
export const sameKeyPairInputs: SameValue<SshKeyPairInputs> = {
  publicKey: sameImportedKey,
  formats: (last, next) => !hasUnknown(next) && sameFormats(last, known(next)),
  // The kind of an imported key is its own: `applyDefaults` sets it for generated ones only.
  algorithm: (last, next) => next === undefined || (!hasUnknown(next) && equalValues(last, next)),
};

/** Whether two lists of formats mean the same: their order does not count, and none is the default. */
export function sameFormats(last: Formats = [], next: Formats = []): boolean {
  return [...last].sort().join() === [...next].sort().join();
}

type Formats = Readonly<SshKeyPairInputs["formats"]>;

/** The formats that a pair of an older version has, whose inputs did not name them. */
export function formatsIn(state: SshKeyPairState): Formats {
  const pem = state.publicKeyPem ?? state.privateKeyPem;
  return [
    ...(pem === undefined ? [] : ["pem" as const]),
    ...(state.privateKeyPutty === undefined ? [] : ["putty" as const]),
  ];
}

/** Whether an imported public key is the one in the state, with the same comment. */
function sameImportedKey(last: string | undefined, next: Previewed<string | undefined>): boolean {
  const text = known(next);
  if (last === undefined || text === undefined) return last === next;
  return samePublicKeyText(last, text) && parsePublicKey(last).comment === parsePublicKey(text).comment;
}
