import { NameTakenOverError, ReplacementRefusedError } from "../../errors";
import { cleanComment } from "../../keys/comment";
import { impossibleAddresses } from "../access/addresses";
import { unreadablePublicKeys } from "../access/host_keys";
import { equalValues, hasUnknown, known } from "../contract/description";
import { fitsNewKey } from "../contract/key_name";
import { nameLeftBehind } from "../contract/left_behind";
import { REFRESH_AGE_MS } from "../contract/refresh";
import type { Context, Found, Resource } from "../contract/resource";
import { inputsOf, omitUndefined, pick, withoutPartialUpdateMark } from "../contract/state";
import { deleteKey } from "./deletion";
import {
  hasPrivateHalf,
  type SshKeyPairInputs,
  type SshKeyPairState,
  sshKeyPairInputs,
  sshKeyPairOutputs,
} from "./fields";
import { readMaterial, storeChangedKey, storeNewKey } from "./key_file";
import {
  encodeOutputs,
  formatsIn,
  importOrGenerate,
  type KeyMaterial,
  type KeyOutputs,
  materialInState,
  sameFormats,
  sameKeyPairInputs,
} from "./material";
import { handleFailedRegistration, registerKey, registerNewKey } from "./registration";
import { adjustKeyPairDiff, takenNameReason, whyNameIsLost } from "./replacement";
import { rememberPair } from "./succession";
import { applyKeyPairDefaults, unfitName, validateKeyPair } from "./validate";
import { checkKeyFile, validateKeyFileChange } from "./validate_key_file";

/**
 * An SSH keypair registered with an Exoscale account.
 *
 * The API keeps only a name and a fingerprint. So a pair is generated here, its public half is registered, and its
 * private half is only in the stack's encrypted state. The API has no operation that changes a running instance, so
 * **deleting a key does not revoke it**: instances that hold it keep accepting it.
 */
export const sshKeyPair: Resource<SshKeyPairInputs, SshKeyPairState> = {
  name: "SshKeyPair",
  description:
    "An SSH keypair registered with an Exoscale account: generated where Pulumi runs, or imported. The private key is " +
    "a secret output and is never sent to Exoscale. Deleting the key from the account does not revoke it on instances " +
    "that already hold it.",
  whyNotDeletedFirst:
    "deleteBeforeReplace deletes the old pair, private key included, before the new one exists: everybody who depends " +
    "on it is locked out. Remove the option, or set allowLockout: true.",
  inputs: sshKeyPairInputs,
  outputs: sshKeyPairOutputs,
  sameValue: sameKeyPairInputs,

  applyDefaults: applyKeyPairDefaults,
  validate: validateKeyPair,
  validateChange: async (inputs, olds) => validateKeyFileChange(inputs, olds),
  async checkAgainstAccount(inputs, { account, run, files }, olds) {
    const name = known(inputs.name);
    if (name !== undefined) run.declaredKeys.add(name);
    const publicKey = known(inputs.publicKey);
    if (name !== undefined && publicKey !== undefined) run.publicKeys.set(name, publicKey);
    await account.verifyCredentials();
    const unfit = unfitName(inputs, olds);
    if (unfit.length > 0 && !(await account.sshKeys.find(name ?? ""))) return unfit;
    return [
      ...unreadablePublicKeys(account, inputs.connection),
      ...(equalValues(olds?.connection, inputs.connection) ? [] : impossibleAddresses(account, inputs.connection)),
      ...(await checkKeyFile(inputs, files, olds)),
    ];
  },
  adjustDiff: adjustKeyPairDiff,

  async previewOutputs({ name, publicKey, comment, formats }) {
    // A preview generates no key, so nothing is known of a generated pair.
    const [line, keyName, text] = [known(publicKey), known(name), known(comment)];
    if (line === undefined || keyName === undefined || hasUnknown(comment) || hasUnknown(formats)) return {};
    const encoding = omitUndefined({ comment: text, formats: known(formats)?.slice() });
    const inputs = { ...bareInputs(keyName), publicKey: line, ...encoding };
    return await encodeOutputs(await importOrGenerate(inputs), inputs);
  },

  async create(inputs, context) {
    const { name, privateKeyFile: path } = inputs;
    if (inputs.autoNamed) nameLeftBehind("SshKeyPair", inputs, await context.account.firstKeys(), context);
    // The private key is encoded, read back and stored before the registration, so that a failure leaves no registered
    // key.
    const outputs = await encodeOutputs(await importOrGenerate(inputs), inputs);
    const stored = path === undefined ? outputs : await storeNewKey(path, outputs, context.files);
    const state = { ...inputs, ...stored };
    const sent = context.account.changesSent();
    try {
      await registerNewKey(context, inputs, stored);
    } catch (error) {
      const wasSent = context.account.changesSent() > sent;
      throw await handleFailedRegistration(error, state, wasSent, context);
    }
    const registered = { ...state, registeredFingerprintMd5: stored.publicKeyFingerprintMd5 };
    rememberPair(context.run, registered);
    return { id: name, state: registered };
  },

  async read(name, last, { account, log }) {
    // A refresh has the last state, an import has none.
    const registered = await (last
      ? account.sshKeys.findListed(name, { maxAgeMs: REFRESH_AGE_MS })
      : account.sshKeys.find(name));
    if (!registered)
      return last && hasPrivateHalf(last) ? keepUnregistered(name, withoutPartialUpdateMark(last), log) : undefined;
    const md5 = registered.fingerprint;
    const state = last
      ? { ...(await withDerivedOutputs(withoutPartialUpdateMark(last))), registeredFingerprintMd5: md5 }
      : { ...bareInputs(name), publicKeyFingerprintMd5: md5, registeredFingerprintMd5: md5 };
    return { id: name, inputs: inputsOf(sshKeyPairInputs, state), state };
  },

  async update(name, given, inputs, context) {
    const { account } = context;
    const last = await withDerivedOutputs(given);
    const outputs = await reencode(last, inputs, context);
    const registered = await account.sshKeys.find(name);
    if (registered && registered.fingerprint !== outputs.publicKeyFingerprintMd5) {
      throw new NameTakenOverError(takenNameReason({ ...last, registeredFingerprintMd5: registered.fingerprint }));
    }
    if (!registered && !fitsNewKey(name)) throw new ReplacementRefusedError(whyNameIsLost(name, "pair"));
    if (!registered) await registerKey(context, name, outputs, false);
    const stored = await storeChangedKey(last, inputs, outputs, context);
    return { ...inputs, ...stored, registeredFingerprintMd5: stored.publicKeyFingerprintMd5 };
  },

  delete: async (name, last, context) => await deleteKey(name, await withDerivedOutputs(last), context),
};

/**
 * Adds the outputs of a pair that was imported by its name, if the program has declared its public key since. Until
 * then only the fingerprint is known. Older versions let a comment break the line of the public key: that is repaired.
 */
async function withDerivedOutputs(last: SshKeyPairState): Promise<SshKeyPairState> {
  if (last.publicKeyOpenssh !== undefined) return { ...last, publicKeyOpenssh: cleanComment(last.publicKeyOpenssh) };
  if (last.publicKey === undefined) return last;
  const outputs = await encodeOutputs(await importOrGenerate(last), last);
  return outputs.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5 ? { ...last, ...outputs } : last;
}

function bareInputs(name: string): SshKeyPairInputs {
  return { name, onDelete: "warn", allowLockout: false, adopt: false, autoNamed: false };
}

/**
 * Keeps a pair in the state whose registration is gone: an instance may accept no other key. The next update registers
 * it again.
 */
function keepUnregistered(
  name: string,
  last: SshKeyPairState,
  log: Context["log"],
): Found<SshKeyPairInputs, SshKeyPairState> {
  const next = fitsNewKey(name)
    ? '"pulumi up" registers it again.'
    : "no new key can have that name, so give the pair another name.";
  log.warn(
    `SSH key "${name}" is gone from the account. Instances that hold it still accept it, so the pair stays in the ` +
      `state; ${next}`,
  );
  const { registeredFingerprintMd5: _gone, ...state } = last;
  return { id: name, inputs: inputsOf(sshKeyPairInputs, state), state };
}

/** The outputs for new inputs. The key is encoded again only if an input of the encoding changed. */
async function reencode(
  last: SshKeyPairState,
  inputs: SshKeyPairInputs,
  context: Pick<Context, "files">,
): Promise<KeyOutputs> {
  const encoding = ["comment", "passphrase", "publicKey", "privateKey", "privateKeyFile"] as const;
  const isSame = encoding.every((name) => last[name] === inputs[name]);
  if (isSame && sameFormats(last.formats, inputs.formats)) return outputsOf(last);
  // The public half is enough for the formats of a pair whose private half is not in the state.
  const material = isSame ? await materialInState(last) : await findMaterial(last, inputs, context);
  if (!material) return outputsOf(last);
  // A pair of an older version keeps the formats that it has.
  const formats = last.formats === undefined ? (inputs.formats ?? formatsIn(last)) : inputs.formats;
  const encoded = await encodeOutputs(material, { ...inputs, ...(formats && { formats: [...formats] }) });
  // No text is the same when it is written anew, and whoever depends on it would change too.
  return isSame ? { ...encoded, ...pick(Object.keys(encoded), outputsOf(last)) } : encoded;
}

async function findMaterial(
  last: SshKeyPairState,
  inputs: SshKeyPairInputs,
  { files }: Pick<Context, "files">,
): Promise<KeyMaterial | undefined> {
  const isImported = inputs.publicKey !== undefined || inputs.privateKey !== undefined;
  if (last.privateKeyFile !== undefined && !isImported) return await readMaterial(last, inputs, files);
  const isNew = inputs.privateKey !== undefined && last.privateKeyOpenssh === undefined;
  return (isNew ? undefined : await materialInState(last)) ?? (isImported ? await importOrGenerate(inputs) : undefined);
}

function outputsOf(state: SshKeyPairState): KeyOutputs {
  const hiddenOrInput = new Set(Object.keys(sshKeyPairInputs.shape));
  const outputs = Object.entries(state).filter(([name]) => !hiddenOrInput.has(name) || name === "algorithm");
  return Object.fromEntries(outputs) as KeyOutputs;
}
