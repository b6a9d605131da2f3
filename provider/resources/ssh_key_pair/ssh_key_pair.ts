import type { Account } from "../../account";
import { KeyNameTakenError, NameTakenOverError } from "../../errors";
import { equalValues, hasUnknown, known } from "../contract/description";
import type { Context, Found, Resource } from "../contract/resource";
import { inputsOf } from "../contract/state";
import { deleteKey, keyIdentity } from "./deletion";
import { type SshKeyPairInputs, type SshKeyPairState, sshKeyPairInputs, sshKeyPairOutputs } from "./fields";
import { type KeyOutputs, keyMaterial, keyOutputs, materialInState, sameImportedKey } from "./material";
import { refineKeyPairDiff, takenName } from "./replacement";
import { completeKeyPair, keyPairRules } from "./rules";

/**
 * An SSH keypair registered with an Exoscale account.
 *
 * The API keeps a name and a fingerprint and nothing more, so a pair is generated here, its public half is
 * registered, and its private half lives only in the stack's encrypted state. It has no operation that touches a
 * running instance, so **deleting a key does not revoke it**: instances that hold it keep accepting it.
 */
export const sshKeyPair: Resource<SshKeyPairInputs, SshKeyPairState> = {
  name: "SshKeyPair",
  description:
    "An SSH keypair registered with an Exoscale account: generated where Pulumi runs, or imported. The private key is " +
    "a secret output and is never sent to Exoscale. Deleting the key from the account does not revoke it on instances " +
    "that already hold it.",
  deletedFirst:
    "deleteBeforeReplace deletes the old pair, private key included, before the new one exists: whoever depends on it " +
    "is locked out. Remove the option, or set allowLockout: true.",
  inputs: sshKeyPairInputs,
  outputs: sshKeyPairOutputs,
  sameValue: {
    publicKey: sameImportedKey,
    // An imported key is of the kind that it is: `complete` says so only for generated ones.
    algorithm: (last, next) => next === undefined || (!hasUnknown(next) && equalValues(last, next)),
  },

  complete: completeKeyPair,
  rules: keyPairRules,
  changeRules: async () => [],
  async catalogue(inputs, account) {
    const name = known(inputs.name);
    if (name !== undefined) account.declaredKeys.add(name);
    await account.verifyCredentials();
    return [];
  },
  refine: refineKeyPairDiff,

  async create(inputs, { account, log }) {
    const { name } = inputs;
    // The private key is complete and read back before anything is registered: what can fail here, fails here.
    const outputs = await keyOutputs(await keyMaterial(inputs), inputs);
    await register(account, name, outputs, inputs.adopt, log);
    return { id: name, state: { ...inputs, ...outputs, registeredFingerprintMd5: outputs.publicKeyFingerprintMd5 } };
  },

  async read(name, last, { account, log }) {
    const registered = await account.sshKeys.find(name);
    if (!registered)
      return last?.privateKeyOpenssh === undefined ? undefined : keptWithoutRegistration(name, last, log);
    const md5 = registered.fingerprint;
    const state = last
      ? { ...last, registeredFingerprintMd5: md5 }
      : { ...bareInputs(name), publicKeyFingerprintMd5: md5, registeredFingerprintMd5: md5 };
    return { id: name, inputs: inputsOf(sshKeyPairInputs, state), state };
  },

  async update(name, last, inputs, { account, log }) {
    const outputs = await reencoded(last, inputs);
    const registered = await account.sshKeys.find(name);
    if (registered && registered.fingerprint !== outputs.publicKeyFingerprintMd5) {
      throw new NameTakenOverError(takenName({ ...last, registeredFingerprintMd5: registered.fingerprint }));
    }
    if (!registered) await register(account, name, outputs, false, log);
    return { ...inputs, ...outputs, registeredFingerprintMd5: outputs.publicKeyFingerprintMd5 };
  },

  delete: deleteKey,
};

function bareInputs(name: string): SshKeyPairInputs {
  return { name, onDelete: "warn", allowLockout: false, adopt: false, autoNamed: false };
}

async function register(account: Account, name: string, key: KeyOutputs, adopt: boolean, log: Context["log"]) {
  const md5 = key.publicKeyFingerprintMd5;
  try {
    await account.sshKeys.register(name, key.publicKeyOpenssh ?? "", md5);
  } catch (error) {
    if (!(error instanceof KeyNameTakenError && adopt && error.registered === md5)) throw error;
    log.info(`SSH key "${name}" was registered already, with the same fingerprint: taken over (adopt: true).`);
  }
  account.madeInThisRun.add(keyIdentity(name, key));
}

/**
 * The registration is gone, but its private half may be all that opens an instance. The state keeps it, and the next
 * update registers it again.
 */
function keptWithoutRegistration(
  name: string,
  last: SshKeyPairState,
  log: Context["log"],
): Found<SshKeyPairInputs, SshKeyPairState> {
  log.warn(
    `SSH key "${name}" is gone from the account. Instances that hold it still accept it, so its private key stays in ` +
      'the state; "pulumi up" registers it again.',
  );
  const { registeredFingerprintMd5: _gone, ...state } = last;
  return { id: name, inputs: inputsOf(sshKeyPairInputs, state), state };
}

/** The outputs under other inputs: encoded anew only if something that goes into them changed. */
async function reencoded(last: SshKeyPairState, inputs: SshKeyPairInputs): Promise<KeyOutputs> {
  const encoding = ["comment", "passphrase", "publicKey", "privateKey"] as const;
  if (encoding.every((name) => last[name] === inputs[name])) return outputsOf(last);
  const isImported = inputs.publicKey !== undefined || inputs.privateKey !== undefined;
  const isNew = inputs.privateKey !== undefined && last.privateKeyOpenssh === undefined;
  const material = (isNew ? undefined : materialInState(last)) ?? (isImported ? await keyMaterial(inputs) : undefined);
  return material ? await keyOutputs(material, inputs) : outputsOf(last);
}

function outputsOf(state: SshKeyPairState): KeyOutputs {
  const hiddenOrInput = new Set(Object.keys(sshKeyPairInputs.shape));
  const outputs = Object.entries(state).filter(([name]) => !hiddenOrInput.has(name) || name === "algorithm");
  return Object.fromEntries(outputs) as KeyOutputs;
}
