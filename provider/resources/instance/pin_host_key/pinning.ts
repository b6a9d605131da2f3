import type { HostAccess, HostKey, Instance } from "../../../account";
import { HostKeyChangedError, HostKeyNotPinnedError } from "../../../errors";
import { credentialsOf, distinct, privateHalvesFor } from "../../access/credentials";
import { hostAccess } from "../../access/host_access";
import { hostKeyText } from "../../access/host_keys";
import { changeLabels } from "../../labels/change_labels";
import { HOST_KEY_LABEL, pinOf, sha256InHex } from "../../labels/reserved_labels";
import type { InstanceInputs } from "../fields";
import type { Job, Remembered } from "../job";
import { findLoginUser, sshTarget } from "../login";
import { waitForSshd } from "../wait_for_sshd";
import { type InjectedKey, injectedKeyIn, withoutInjectedKey } from "./injection";

/** How long one connection may take, in milliseconds, up to the end of its login. */
const LOGIN_TIMEOUT_MS = 20_000;

/** Whether the first connection has to verify the host key that was injected at the creation. */
export function mustPin({ inputs }: Pick<Job, "inputs">, instance: Instance, now: Remembered): boolean {
  if (inputs.pinHostKey !== true || now.hostKeys !== undefined) return false;
  if (injectedKeyIn(instance["user-data"]) !== undefined) return true;
  return now.unfinished === true && !isPinned({ inputs }, instance);
}

/** Whether a run has finished the first connection of a machine that no state has, so that its label has the host key. */
export function isPinned({ inputs }: Pick<Job, "inputs">, { labels, state, "user-data": userData }: Instance): boolean {
  if (inputs.pinHostKey !== true || state !== "running") return false;
  return injectedKeyIn(userData) === undefined && pinOf(labels).length > 0;
}

/**
 * Makes the first connection: waits until the host shows the injected key, accepts no other, logs in, and lets the host
 * generate a host key of its own, which is remembered. A label has the new key before the host shows it, and the
 * injected key stays in the user data until the end, so that the next run can continue after a run that is killed at
 * any point.
 *
 * @param older connections whose credentials are tried as well, besides the pairs whose keys the machine was given
 * @returns the host key, in the form of the state
 * @throws HostKeyNotPinnedError; errors of `connect`
 */
export async function replaceInjectedHostKey(job: Job, instance: Instance, ...older: InstanceInputs["connection"][]) {
  const injected = injectedKeyIn(instance["user-data"]);
  if (!injected) throw injectedKeyLostError(job);
  if (instance.state !== "running") throw notRunningError(job, instance);
  const access = await pinningAccess(job, instance, older);
  try {
    const key = await renewHostKey(job, instance, access, injected);
    return [hostKeyText(key)];
  } catch (error) {
    throw error instanceof HostKeyChangedError ? otherHostKeyError(job, error) : error;
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
    // The expected keys are the injected one and its successor; `renewHostKeys` gets them as arguments.
    rememberedHostKeys: [],
    timeoutMs: LOGIN_TIMEOUT_MS,
  });
}

async function renewHostKey(
  job: Job,
  instance: Instance,
  access: HostAccess,
  { publicKey }: InjectedKey,
): Promise<HostKey> {
  const { account, zone, id, inputs, deadline, log } = job;
  const { target, bastion, credentials } = access;
  const announced = pinOf(instance.labels);
  await waitForSshd(job, instance, target, {
    knownHostKeys: [publicKey, ...announced],
    ...(bastion && { bastion, credentials }),
  });
  const announce = ({ fingerprintSha256 }: HostKey) =>
    changeLabels(zone, id, () => ({ [HOST_KEY_LABEL]: sha256InHex(fingerprintSha256) }), deadline);
  return await account.ssh.renewHostKeys(access, { old: publicKey, announced, announce }, (step) =>
    log.info(`Instance "${inputs.name}": ${step}.`),
  );
}

/** The part of a request body that replaces user data with an injected key by the one without; empty if it has none. */
export function userDataWithoutKey({ inputs }: Pick<Job, "inputs">, instance: Instance) {
  const isInjected = injectedKeyIn(instance["user-data"]) !== undefined;
  return isInjected ? { "user-data": withoutInjectedKey(inputs.userData) } : {};
}

/**
 * The host keys that the first connection accepts if the program does not set pinHostKey: the one in the labels, and
 * the injected one, if a run that was replacing it was cut short. Empty: no host key is known, and any is accepted.
 */
export function expectedHostKeys({ labels, "user-data": userData }: Instance): string[] {
  const pins = pinOf(labels);
  const injected = injectedKeyIn(userData);
  return injected && pins.length > 0 ? [...pins, injected.publicKey] : pins;
}

/** Whether a run has recorded a new host key in a label, and ended before the host proved to have it. */
export function isHalfPinned(instance: Instance, { hostKeys }: Remembered): boolean {
  return hostKeys === undefined && expectedHostKeys(instance).length > 1;
}

/** Warns of an injected host key that stays because the program no longer sets pinHostKey. Others may know that key. */
export function warnIfInjected({ inputs, log }: Job, instance: Instance, hostKey: string): void {
  if (injectedKeyIn(instance["user-data"])?.publicKey !== hostKey) return;
  log.warn(
    `Instance "${inputs.name}" keeps the host key that was generated for its first connection, because pinHostKey is ` +
      "off now. The private half of that key was in the user data. Generate new host keys on the machine, or make a " +
      "new instance.",
  );
}

function injectedKeyLostError({ inputs }: Job): HostKeyNotPinnedError {
  return new HostKeyNotPinnedError(
    `The user data of instance "${inputs.name}" has no host key to verify the first connection with: the instance was ` +
      "created without pinHostKey, or somebody changed its user data. To continue without, set pinHostKey: false. To " +
      'replace the instance, run "pulumi state taint" with its URN, then "pulumi up".',
  );
}

function notRunningError({ inputs }: Job, { state }: Instance): HostKeyNotPinnedError {
  return new HostKeyNotPinnedError(
    `Instance "${inputs.name}" is ${state}, and it has to run until its host key is pinned (pinHostKey). Set state: ` +
      '"running", or pinHostKey: false to continue without.',
  );
}

function otherHostKeyError({ inputs }: Job, cause: HostKeyChangedError): HostKeyNotPinnedError {
  return new HostKeyNotPinnedError(
    `The machine that answers for instance "${inputs.name}" does not show the host key that the instance was given: ` +
      `${cause.message} If the template takes no host keys from cloud-init, set pinHostKey: false.`,
    { cause },
  );
}
