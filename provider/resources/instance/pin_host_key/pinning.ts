import type { HostAccess, HostKey, Instance } from "../../../account";
import { HostKeyChangedError, HostKeyNotPinnedError } from "../../../errors";
import { credentialsOf, distinct, privateHalvesFor } from "../../access/credentials";
import { hostAccess } from "../../access/host_access";
import { changeLabels } from "../../labels/change_labels";
import { creatingLabel, hostKeyLabel, pinOf, sha256InHex } from "../../labels/reserved_labels";
import type { InstanceInputs } from "../fields";
import type { Job, Remembered } from "../job";
import { findLoginUser, sshTarget } from "../login";
import { type InjectedKey, injectedKeyIn, withoutInjectedKey } from "./injection";

/** How long one connection may take, in milliseconds, up to the end of its login. */
const loginMs = 20_000;

/** Whether the first contact with an instance is to be made by the key that was injected at its creation. */
export function mustPin({ inputs }: Pick<Job, "inputs">, instance: Instance, { hostKeys }: Remembered): boolean {
  if (inputs.pinHostKey !== true || hostKeys !== undefined) return false;
  return injectedKeyIn(instance["user-data"]) !== undefined || creatingLabel in (instance.labels ?? {});
}

/**
 * Makes the first contact: waits for the host to show the injected key and no other, logs in, and has it make a host key
 * of its own, which is the one to be remembered. A label has it before the host shows it, so that a run that is killed at
 * any point is gone on with; the injected key stays in the user data for that long.
 *
 * @param older connections that may log in as well, as may the pairs whose keys it was given
 * @returns the host key, as the state keeps it
 * @throws HostKeyNotPinnedError; errors of `connect`
 */
export async function replaceInjectedHostKey(job: Job, instance: Instance, ...older: InstanceInputs["connection"][]) {
  const injected = injectedKeyIn(instance["user-data"]);
  if (!injected) throw injectedKeyLostError(job);
  if (instance.state !== "running") throw notRunningError(job, instance);
  const access = await pinningAccess(job, instance, older);
  try {
    const key = await renewHostKey(job, access, injected, pinOf(instance.labels));
    return [`${key.type} ${key.base64}`];
  } catch (error) {
    throw error instanceof HostKeyChangedError ? strangerError(job, error) : error;
  }
}

async function pinningAccess(
  { account, run, inputs }: Job,
  instance: Instance,
  older: readonly InstanceInputs["connection"][],
): Promise<HostAccess> {
  const user = (await findLoginUser(account, inputs, instance)) ?? "root";
  const target = sshTarget(account, inputs, instance, user);
  if (!target) throw new HostKeyNotPinnedError(`Instance "${inputs.name}" has no address to log in at.`);
  return hostAccess({
    target,
    connection: inputs.connection,
    credentials: distinct([
      ...credentialsOf(account, inputs.connection, ...older),
      ...privateHalvesFor(run, instance.labels),
    ]),
    // The keys to expect here are the injected one and its successor, which the renewal names itself.
    rememberedHostKeys: [],
    timeoutMs: loginMs,
  });
}

async function renewHostKey(
  { account, zone, id, inputs, deadline, log }: Job,
  access: HostAccess,
  { publicKey }: InjectedKey,
  announced: readonly string[],
): Promise<HostKey> {
  const { target, bastion, credentials } = access;
  await account.ssh.waitForSsh(target, {
    timeoutMs: Math.max(1, deadline - Date.now()),
    knownHostKeys: [publicKey, ...announced],
    ...(bastion && { bastion, credentials }),
  });
  const announce = ({ fingerprintSha256 }: HostKey) =>
    changeLabels(zone, id, () => ({ [hostKeyLabel]: sha256InHex(fingerprintSha256) }), deadline);
  return await account.ssh.renewHostKeys(access, { old: publicKey, announced, announce }, (step) =>
    log.info(`Instance "${inputs.name}": ${step}.`),
  );
}

/** The body that takes an injected key out of the user data again; nothing where there is none. */
export function userDataOnceRenewed({ inputs }: Pick<Job, "inputs">, instance: Instance) {
  const isInjected = injectedKeyIn(instance["user-data"]) !== undefined;
  return isInjected ? { "user-data": withoutInjectedKey(inputs.userData) } : {};
}

/**
 * The host keys by which a first contact is verified where the program does without pinHostKey: the one that labels tell
 * of, and the injected one where a run that was to replace it ended half-way. Empty: nothing is known, any will do.
 */
export function expectedHostKeys({ labels, "user-data": userData }: Instance): string[] {
  const pins = pinOf(labels);
  const injected = injectedKeyIn(userData);
  return injected && pins.length > 0 ? [...pins, injected.publicKey] : pins;
}

/** Whether a run has announced a host key, and ended before it was proven. */
export function isHalfPinned(instance: Instance, { hostKeys }: Remembered): boolean {
  return hostKeys === undefined && expectedHostKeys(instance).length > 1;
}

/** Warns of a host key that stays, because the program does without pinHostKey by now, and that others may have. */
export function warnIfInjected({ inputs, log }: Job, instance: Instance, hostKey: string): void {
  if (injectedKeyIn(instance["user-data"])?.publicKey !== hostKey) return;
  log.warn(
    `Instance "${inputs.name}" keeps the host key that was made for its first contact, since pinHostKey is off now. Its ` +
      "private half stood in the user data. Make new host keys there, or a new instance.",
  );
}

function injectedKeyLostError({ inputs }: Job): HostKeyNotPinnedError {
  return new HostKeyNotPinnedError(
    `The user data of instance "${inputs.name}" has no host key (any more) by which the first contact could be ` +
      "verified: it was made without pinHostKey, or somebody changed it. Set pinHostKey: false to go on without, or " +
      'have the instance replaced: "pulumi state taint" with its URN, then "pulumi up".',
  );
}

function notRunningError({ inputs }: Job, { state }: Instance): HostKeyNotPinnedError {
  return new HostKeyNotPinnedError(
    `Instance "${inputs.name}" is ${state}, and its host key is still to be pinned (pinHostKey), for which it has to run. ` +
      'Set state: "running", or pinHostKey: false to go on without.',
  );
}

function strangerError({ inputs }: Job, cause: HostKeyChangedError): HostKeyNotPinnedError {
  return new HostKeyNotPinnedError(
    `What answers in place of instance "${inputs.name}" does not have the host key that the instance was given: ` +
      `${cause.message} A template that takes no host keys from cloud-init looks like this too; then set pinHostKey: false.`,
    { cause },
  );
}
