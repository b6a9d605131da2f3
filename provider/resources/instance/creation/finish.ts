import type { Instance } from "../../../account";
import { AbandonedError } from "../../../errors";
import { bastionOf, credentialsOf } from "../../access/credentials";
import {
  creatingLabel,
  digestOfPin,
  hostKeyLabel,
  type Labels,
  ownerLabel,
  reservedLabels,
} from "../../labels/reserved_labels";
import { findExisting } from "../../machine";
import type { InstanceInputs, InstanceState } from "../fields";
import type { Job, Remembered } from "../job";
import { findLoginUser, sshTarget } from "../login";
import {
  expectedHostKeys,
  mustPin,
  replaceInjectedHostKey,
  userDataOnceRenewed,
  warnIfInjected,
} from "../pin_host_key/pinning";
import { applyProtection } from "../protection";
import { readState } from "../state";

/**
 * What follows once the instance is up: sshd if it is to be waited for, then the protection, then the mark of the
 * creation is cleared. Safe to repeat. The mark goes last: an instance that is protected and has no mark, of a run that
 * was killed before its state was saved, would be found by nobody and could not be deleted either.
 *
 * @param remembered what is known so far
 * @param keep is told what is known after each step, so that a failure of the next one does not lose it
 * @throws NotInAccountError when the instance vanished meanwhile
 * @throws AbandonedError when no state will have it, with the mark left for the run that looks for it
 */
export async function finishCreation(
  job: Job,
  remembered: Remembered,
  keep: (now: Remembered) => void,
): Promise<InstanceState> {
  const { account, zone, id, inputs, deadline, abandoned } = job;
  const instance = await findExisting(zone, id);
  const hostKeys = remembered.hostKeys ?? (await learnHostKeys(job, instance, remembered));
  const seen = { ...remembered, ...(hostKeys && { hostKeys }) };
  keep(seen);
  const now = { ...seen, deletionProtection: await applyProtection(job, seen.deletionProtection) };
  keep(now);
  if (await abandoned?.()) throw new AbandonedError(`Pulumi ended while instance ${id} was being made.`);
  await zone.instances.update(
    id,
    {
      ...renamed(instance, inputs),
      ...userDataOnceRenewed(job, instance),
      labels: finalLabels(job, await findExisting(zone, id), now),
    },
    deadline,
  );
  return await readState(account, inputs, await findExisting(zone, id), now);
}

async function learnHostKeys(job: Job, instance: Instance, remembered: Remembered) {
  if (mustPin(job, instance, remembered)) return await replaceInjectedHostKey(job, instance);
  return mustWaitForSsh(job, instance) ? await waitForHostKeys(job, instance) : undefined;
}

/** Only what runs can answer; one that is made stopped is waited for when it is started. */
export function mustWaitForSsh({ inputs }: Pick<Job, "inputs">, { state }: Pick<Instance, "state">): boolean {
  return inputs.waitForSsh && state === "running";
}

/** Waits for sshd. @returns the host key that it shows; undefined for a machine that has no address */
export async function waitForHostKeys(job: Job, instance: Instance) {
  const { account, inputs, deadline } = job;
  const { hostKey } = inputs.connection ?? {};
  const user = (await findLoginUser(account, inputs, instance)) ?? "root";
  const target = sshTarget(account, inputs, instance, user);
  if (!target) return undefined;
  const bastion = bastionOf(inputs.connection, user);
  const timeoutMs = Math.max(1, deadline - Date.now());
  job.log.progress(`waiting for sshd on ${target.host}`);
  const key = await account.ssh.waitForSsh(target, {
    timeoutMs,
    knownHostKeys: hostKey === undefined ? expectedHostKeys(instance) : [hostKey],
    ...(bastion && { bastion, credentials: credentialsOf(account, inputs.connection) }),
  });
  const shown = `${key.type} ${key.base64}`;
  warnIfInjected(job, instance, shown);
  return [shown];
}

function finalLabels({ inputs }: Job, instance: Instance, { owner, hostKeys }: Remembered): Labels {
  const { [creatingLabel]: _mark, ...reserved } = reservedLabels(instance.labels);
  return {
    ...inputs.labels,
    ...reserved,
    // An adoption may have been cut short before its state was saved; the state that goes on is the owner.
    ...(owner !== undefined && { [ownerLabel]: owner }),
    ...(hostKeys?.[0] !== undefined && { [hostKeyLabel]: digestOfPin(hostKeys[0]) }),
  };
}

function renamed(instance: Instance, { name }: InstanceInputs) {
  return name === instance.name ? {} : { name };
}
