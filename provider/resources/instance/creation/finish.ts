import type { Instance, InstanceUpdate } from "../../../account";
import { AbandonedError } from "../../../errors";
import { bastionOf, credentialsOf } from "../../access/credentials";
import { hostKeyText } from "../../access/host_keys";
import { equalValues } from "../../contract/description";
import { digestOfPin, HOST_KEY_LABEL, type Labels, OWNER_LABEL, reservedLabels } from "../../labels/reserved_labels";
import { findExisting } from "../../machine";
import type { InstanceInputs, InstanceState } from "../fields";
import type { Job, Remembered } from "../job";
import { findLoginUser, sshTarget } from "../login";
import {
  expectedHostKeys,
  isPinned,
  mustPin,
  replaceInjectedHostKey,
  userDataWithoutKey,
  warnIfInjected,
} from "../pin_host_key/pinning";
import { applyProtection } from "../protection";
import { readState } from "../state";
import { waitForSshd } from "../wait_for_sshd";

/**
 * Does the steps after the instance is up: waits for sshd if the inputs say so, sets the protection, and changes what an
 * adopted instance has otherwise. Safe to repeat.
 *
 * @param instance as it is now, with its user data if that may have an injected host key
 * @param remembered what is known so far
 * @param keep called with what is known after each step, so that a failure of the next step does not lose it
 * @throws NotInAccountError when the instance vanished meanwhile
 * @throws AbandonedError when no state will have it; the mark stays, so that the next run finds it
 */
export async function finishCreation(
  job: Job,
  instance: Instance,
  remembered: Remembered,
  keep: (now: Remembered) => void,
): Promise<InstanceState> {
  const { account, zone, id, inputs, deadline, abandoned } = job;
  const hostKeys = remembered.hostKeys ?? (await learnHostKeys(job, instance, remembered));
  const seen = { ...remembered, ...(hostKeys && { hostKeys }) };
  keep(seen);
  const now = { ...seen, deletionProtection: await applyProtection(job, seen.deletionProtection) };
  keep(now);
  if (await abandoned?.()) throw new AbandonedError(`Pulumi ended while instance ${id} was being created.`);
  const nothingHappened = hostKeys === undefined && now.deletionProtection === remembered.deletionProtection;
  const found = nothingHappened ? instance : await findExisting(zone, id);
  const changes = finalChanges(job, found, now);
  const isChanged = Object.keys(changes).length > 0;
  if (isChanged) await zone.instances.update(id, changes, deadline);
  const changed = isChanged ? await findExisting(zone, id) : found;
  return await readState(account, inputs, changed, { ...now, unfinished: undefined });
}

function finalChanges(job: Job, instance: Instance, now: Remembered): InstanceUpdate {
  const labels = finalLabels(job, instance, now);
  return {
    ...nameChange(instance, job.inputs),
    ...userDataWithoutKey(job, instance),
    ...(!equalValues(labels, instance.labels ?? {}) && { labels }),
  };
}

async function learnHostKeys(job: Job, instance: Instance, remembered: Remembered) {
  if (mustPin(job, instance, remembered)) return await replaceInjectedHostKey(job, instance);
  return isPinned(job, instance) || mustWaitForSsh(job, instance) ? await waitForHostKeys(job, instance) : undefined;
}

/** Whether to wait for sshd. Only a running instance answers. For one that is created stopped, its start waits. */
export function mustWaitForSsh({ inputs }: Pick<Job, "inputs">, { state }: Pick<Instance, "state">): boolean {
  return inputs.waitForSsh && state === "running";
}

/** Waits for sshd. @returns the host key that it shows; undefined for a machine without an address */
export async function waitForHostKeys(job: Job, instance: Instance) {
  const { account, inputs } = job;
  const { hostKey } = inputs.connection ?? {};
  const user = (await findLoginUser(account, inputs, instance)) ?? "root";
  const target = sshTarget(account, inputs, instance, user);
  if (!target) return undefined;
  const bastion = bastionOf(inputs.connection, user);
  const key = await waitForSshd(job, instance, target, {
    knownHostKeys: hostKey === undefined ? expectedHostKeys(instance) : [hostKey],
    ...(bastion && { bastion, credentials: credentialsOf(account, inputs.connection) }),
  });
  const shown = hostKeyText(key);
  warnIfInjected(job, instance, shown);
  return [shown];
}

function finalLabels({ inputs }: Job, instance: Instance, { owner, hostKeys }: Remembered): Labels {
  return {
    ...inputs.labels,
    ...reservedLabels(instance.labels),
    // An adoption may have been cut short before its state was saved. The resource that continues is the owner.
    ...(owner !== undefined && { [OWNER_LABEL]: owner }),
    ...(hostKeys?.[0] !== undefined && { [HOST_KEY_LABEL]: digestOfPin(hostKeys[0]) }),
  };
}

function nameChange(instance: Instance, { name }: InstanceInputs) {
  return name === instance.name ? {} : { name };
}
