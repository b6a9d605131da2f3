import type { Account } from "../../account";
import { isCertainlyNotCreated, KeyMaterialTakenError, KeyNameTakenError, PartialCreateError } from "../../errors";
import type { Context } from "../contract/resource";
import type { SshKeyPairInputs, SshKeyPairState } from "./fields";
import { removeKeyFile } from "./key_file";
import type { KeyOutputs } from "./material";
import { registrationOf } from "./succession";

/**
 * Registers the key of a new pair.
 *
 * @throws KeyNameTakenError, KeyMaterialTakenError, errors of the API
 */
export async function registerNewKey(context: Context, inputs: SshKeyPairInputs, key: KeyOutputs): Promise<void> {
  const { name, adopt } = inputs;
  // Somebody may have registered an imported key under the name. After a request whose answer is lost, that registration
  // would look like our own.
  if (!adopt && isImported(inputs)) await refuseTaken(context.account, name, key.publicKeyFingerprintMd5);
  await registerKey(context, name, key, adopt);
}

async function refuseTaken({ sshKeys }: Account, name: string, wanted: string): Promise<void> {
  const taken = (await sshKeys.list()).find((key) => key.name === name);
  if (taken) throw new KeyNameTakenError(name, taken.fingerprint, wanted);
}

/**
 * Registers the public half of a pair.
 *
 * @param adopt whether a registration of the same key under the name is taken over
 * @throws KeyNameTakenError, KeyMaterialTakenError, errors of the API
 */
export async function registerKey(
  { account, run, log }: Context,
  name: string,
  key: KeyOutputs,
  adopt: boolean,
): Promise<void> {
  const md5 = key.publicKeyFingerprintMd5;
  try {
    await account.sshKeys.register(name, key.publicKeyOpenssh ?? "", md5);
  } catch (error) {
    if (!(error instanceof KeyNameTakenError && adopt && error.registered === md5)) throw error;
    log.info(`SSH key "${name}" was already registered with the same fingerprint, and is taken over (adopt: true).`);
  }
  run.created.add(registrationOf(name, key));
}

/**
 * Handles a registration that failed after the pair was made. If the API certainly refused it, its key file is removed.
 * Otherwise a pair that was made here is saved as partially created, because nobody else has its private key. The next
 * update registers the key if necessary. An imported key is not saved: the account may have had it before, and then
 * only `adopt` may take it over.
 *
 * @param wasSent whether the request may have been sent
 * @returns the error to throw
 */
export async function handleFailedRegistration(
  error: unknown,
  state: SshKeyPairState,
  wasSent: boolean,
  context: Pick<Context, "files" | "log">,
): Promise<unknown> {
  if (!wasSent || isCertainlyRefused(error)) {
    if (state.privateKeyFile !== undefined) await removeKeyFile(state, context);
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (state.privateKeyFile === undefined && isImported(state)) return error;
  const kept = state.privateKeyFile === undefined ? "the state" : `"${state.privateKeyFile}"`;
  const message =
    `It is not known whether SSH key "${state.name}" is registered, so its private key stays in ${kept}. Run ` +
    `"pulumi up" again: it registers the key if necessary. ${reason}`;
  return new PartialCreateError(message, state.name, state, error);
}

function isImported({ publicKey, privateKey }: Pick<SshKeyPairInputs, "publicKey" | "privateKey">): boolean {
  return publicKey !== undefined || privateKey !== undefined;
}

/** Whether the API refused the registration itself. Any other failure may hide a registration that took place. */
function isCertainlyRefused(error: unknown): boolean {
  if (error instanceof KeyNameTakenError) return error.registered !== error.wanted;
  return error instanceof KeyMaterialTakenError || isCertainlyNotCreated(error);
}
