import { InvalidPublicKeyError, UnsupportedKeyError } from "../../errors";
import { checkKeyOptions } from "../../keys/algorithm";
import { checkPassphrase } from "../../keys/encode";
import { registrable } from "../../keys/private_key";
import { parsePublicKey } from "../../keys/public_key";
import { unusableConnectionKeys, unusablePrivateKey } from "../access/private_keys";
import { quote } from "../contract/check";
import { equalValues, isGiven, known, type PreviewedFields } from "../contract/description";
import { fitsNewKey, NEW_KEY_NAME_RULE } from "../contract/key_name";
import type { CheckFailure, OldInputs, ProviderDefaults } from "../contract/resource";
import type { SshKeyPairInputs } from "./fields";
import { validateKeyFile } from "./validate_key_file";

type Inputs = PreviewedFields<SshKeyPairInputs>;

/**
 * Sets the kind of a generated pair. An imported key has its own kind, and so has a key that was imported by its name,
 * unless the program declares an algorithm.
 */
export function applyKeyPairDefaults(
  inputs: Inputs,
  _defaults: ProviderDefaults,
  olds: OldInputs<SshKeyPairInputs>,
): Inputs {
  if (isImported(inputs) || (olds && !isImported(olds) && !isGiven(olds.algorithm))) return inputs;
  const algorithm = inputs.algorithm ?? "ed25519";
  const rsaBits = inputs.rsaBits ?? (algorithm === "rsa" ? 4096 : undefined);
  const ecdsaCurve = inputs.ecdsaCurve ?? (algorithm === "ecdsa" ? "P256" : undefined);
  return { ...inputs, algorithm, ...(isGiven(rsaBits) && { rsaBits }), ...(isGiven(ecdsaCurve) && { ecdsaCurve }) };
}

/** Rules between fields: which inputs conflict, and whether given keys can be read. */
export async function validateKeyPair(inputs: Inputs, olds: OldInputs<SshKeyPairInputs>): Promise<CheckFailure[]> {
  return [
    ...blanksAroundComment(inputs, olds),
    // Whether there is a key to take over under such a name, only the account knows.
    ...(inputs.adopt === true ? [] : unfitName(inputs, olds)),
    ...conflicts(inputs),
    ...validateKeyFile(inputs),
    ...unusablePassphrase(inputs),
    ...unusableFormats(inputs),
    ...unreadablePublicKey(inputs),
    ...(await unusablePrivateKey(inputs, "privateKey", "passphrase", registrable)),
    ...(equalValues(olds?.connection, inputs.connection) ? [] : await unusableConnectionKeys(inputs.connection)),
  ];
}

/** Older versions accepted them: a program that keeps them is not refused. */
function blanksAroundComment(inputs: Inputs, olds: OldInputs<SshKeyPairInputs>): CheckFailure[] {
  const comment = known(inputs.comment) ?? "";
  if (comment === comment.trim() || comment === olds?.comment) return [];
  return [{ property: "comment", reason: "A comment has no spaces around it. Remove them." }];
}

/** Checks the name of a key that is about to be registered. The account may have taken other names before. */
export function unfitName({ name: given }: Inputs, olds: OldInputs<SshKeyPairInputs>): CheckFailure[] {
  const name = known(given);
  if (name === undefined || fitsNewKey(name) || name === olds?.name) return [];
  return [{ property: "name", reason: `${NEW_KEY_NAME_RULE}, got ${quote(name)}` }];
}

function isImported(inputs: Pick<Inputs, "publicKey" | "privateKey">): boolean {
  return isGiven(inputs.publicKey) || isGiven(inputs.privateKey);
}

function conflicts(inputs: Inputs): CheckFailure[] {
  const imported = isImported(inputs);
  const rules: [wrong: boolean, property: keyof SshKeyPairInputs, reason: string][] = [
    [
      isGiven(inputs.publicKey) && isGiven(inputs.privateKey),
      "publicKey",
      "publicKey and privateKey are both given. Give one: the public half is derived from a private key.",
    ],
    ...(["algorithm", "rsaBits", "ecdsaCurve"] as const).map((property): [boolean, typeof property, string] => [
      imported && isGiven(inputs[property]),
      property,
      `${property} says what to generate, but a key is imported. Remove it, or remove the imported key.`,
    ]),
    [
      isGiven(inputs.publicKey) && isGiven(inputs.passphrase),
      "passphrase",
      "A passphrase encrypts a private key, but only a public key is imported. Remove it, or give privateKey.",
    ],
    [
      inputs.adopt === true && !imported,
      "adopt",
      "adopt takes over an existing key. Give its publicKey or privateKey.",
    ],
  ];
  return [
    ...rules.filter(([wrong]) => wrong).map(([, property, reason]) => ({ property, reason })),
    ...(imported ? [] : unsupportedOptions(inputs)),
  ];
}

function unsupportedOptions(inputs: Inputs): CheckFailure[] {
  const [algorithm, rsaBits, ecdsaCurve] = [known(inputs.algorithm), known(inputs.rsaBits), known(inputs.ecdsaCurve)];
  if (algorithm === undefined) return [];
  return [
    ...(rsaBits === undefined ? [] : failureOf(() => checkKeyOptions({ algorithm, rsaBits }), "rsaBits")),
    ...(ecdsaCurve === undefined ? [] : failureOf(() => checkKeyOptions({ algorithm, ecdsaCurve }), "ecdsaCurve")),
  ];
}

function unusablePassphrase(inputs: Inputs): CheckFailure[] {
  const passphrase = known(inputs.passphrase);
  return passphrase === undefined ? [] : failureOf(() => checkPassphrase(passphrase), "passphrase");
}

/** PuTTY's format needs the private half in plain. */
function unusableFormats(inputs: Inputs): CheckFailure[] {
  const index = (known(inputs.formats) ?? []).indexOf("putty");
  const obstacle = [
    isGiven(inputs.publicKey) && "only a public key is imported",
    isGiven(inputs.passphrase) && "PuTTY's format protects a key with a passphrase badly",
    isGiven(inputs.privateKeyFile) && "the private key is only in privateKeyFile",
  ].find((reason) => reason !== false);
  if (index < 0 || obstacle === undefined) return [];
  const todo = isGiven(inputs.publicKey) ? "Remove it." : "Remove it, and import the OpenSSH format into PuTTYgen.";
  return [{ property: `formats[${index}]`, reason: `There is no privateKeyPutty here: ${obstacle}. ${todo}` }];
}

function unreadablePublicKey(inputs: Inputs): CheckFailure[] {
  const text = known(inputs.publicKey);
  return text === undefined ? [] : failureOf(() => parsePublicKey(text), "publicKey");
}

function failureOf(read: () => unknown, property: string): CheckFailure[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof InvalidPublicKeyError || error instanceof UnsupportedKeyError) {
      return [{ property, reason: error.message }];
    }
    throw error;
  }
}
