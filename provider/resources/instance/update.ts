import type { Instance } from "../../account";
import { ChangeIgnoredError, ReplacementRefusedError } from "../../errors";
import { identityDigest } from "../contract/identity";
import type { Context } from "../contract/resource";
import { findGroupIds } from "../group_choice";
import { changeLabels, withProgramLabels } from "../labels/change_labels";
import type { LabelChanges } from "../labels/key_labels";
import { CREATING_LABEL, type Labels, OWNER_LABEL, RESOURCE_LABEL } from "../labels/reserved_labels";
import { findExisting } from "../machine";
import type { InstanceAddress } from "./address";
import { refusedChanges } from "./checks/validate_change";
import { finishCreation, mustWaitForSsh, waitForHostKeys } from "./creation/finish";
import { adoptedElsewhereText, isAdoptedElsewhere } from "./creation/mark";
import type { InstanceInputs, InstanceState } from "./fields";
import type { Job, Remembered } from "./job";
import { changeInstanceKeys } from "./keys/change_keys";
import { sameKeys } from "./keys/keys";
import { addWhereKeysAreOpen } from "./keys/still_open";
import { injectedKeyIn } from "./pin_host_key/injection";
import { isHalfPinned, mustPin, replaceInjectedHostKey } from "./pin_host_key/pinning";
import { resizeAndStartOrStop } from "./power";
import { applyProtection, restoreProtection } from "./protection";
import { readState, rememberedIn } from "./state";
import { deadlineOf, timeoutsOf, withinTimeout } from "./timeouts";
import { encodeUserData } from "./user_data";

/**
 * Changes an instance in place to what the inputs say. Safe to repeat at any point: each step looks at the instance
 * first, so what a failed run has done is not done again.
 */
export async function updateInstance(
  { zone: zoneName, id }: InstanceAddress,
  last: InstanceState,
  inputs: InstanceInputs,
  context: Context,
): Promise<InstanceState> {
  const { account, run, abandoned, log } = context;
  const [refused] = refusedChanges(inputs, last, run);
  if (refused) throw new ReplacementRefusedError(refused.reason);
  const zone = await account.zone(zoneName);
  const timeouts = timeoutsOf(inputs, context);
  const job = { account, run, zone, id, inputs, deadline: deadlineOf(timeouts, "update"), abandoned, log };
  try {
    return await withinTimeout(timeouts, "update", () => changeUnprotected(job, last));
  } catch (error) {
    throw await addWhereKeysAreOpen(error, job, last);
  }
}

async function changeUnprotected(job: Job, last: InstanceState): Promise<InstanceState> {
  const instance = await findExisting(job.zone, job.id);
  if (isAdoptedElsewhere(instance, last)) {
    job.log.warn(adoptedElsewhereText(job.inputs, { zone: job.zone.name, id: job.id }));
  }
  // Exoscale may refuse to stop a protected instance, so a protection is removed first, and a new one is set last.
  const remembered = rememberedIn(last);
  const mustUnprotect = remembered.deletionProtection && job.inputs.deletionProtection !== true;
  if (!mustUnprotect) return await changeInstance(instance, job, last, remembered);
  const deletionProtection = await applyProtection(job, true);
  try {
    return await changeInstance(instance, job, last, { ...remembered, deletionProtection });
  } catch (error) {
    throw await restoreProtection(job, error);
  }
}

async function changeInstance(
  instance: Instance,
  job: Job,
  last: InstanceState,
  remembered: Remembered,
): Promise<InstanceState> {
  const { account, zone, id, inputs } = job;
  const described = await changeDescription(job, instance);
  await changeGroups(job, described);
  await resizeAndStartOrStop(job, described, last);
  const now = await findExisting(zone, id);
  // An instance that was just started may not answer yet.
  if (last.state !== "running" && !sameKeys(last.sshKeys, inputs.sshKeys)) await waitForHostKeys(job, now);
  const withKeys = await changeInstanceKeys(job, last, await ensureOwnHostKey(job, now, last, remembered));
  const unfinished = withKeys.unfinished === true || injectedKeyIn(now["user-data"]) !== undefined;
  if (unfinished || (withKeys.hostKeys === undefined && mustWaitForSsh(job, now))) {
    return await finishCreation(job, await findExisting(zone, id), withKeys, () => undefined);
  }
  const deletionProtection = await applyProtection(job, withKeys.deletionProtection);
  return await readState(account, inputs, await findExisting(zone, id), { ...withKeys, deletionProtection });
}

/** Runs before keys are changed: until then the host may have the injected host key, which must not be remembered. */
async function ensureOwnHostKey(job: Job, now: Instance, last: InstanceState, remembered: Remembered) {
  if (mustPin(job, now, remembered)) {
    return { ...remembered, hostKeys: await replaceInjectedHostKey(job, now, last.connection) };
  }
  if (!isHalfPinned(now, remembered) || now.state !== "running") return remembered;
  const hostKeys = await waitForHostKeys(job, now);
  return { ...remembered, ...(hostKeys && { hostKeys }) };
}

/** @returns the instance afterwards: Exoscale may change its groups when its addresses change */
async function changeDescription({ zone, inputs, deadline }: Job, instance: Instance): Promise<Instance> {
  // If user data has an injected host key, the end of the creation replaces it.
  const isInjected = injectedKeyIn(instance["user-data"]) !== undefined;
  const userData = inputs.userData === undefined || isInjected ? undefined : encodeUserData(inputs.userData);
  const addresses = inputs.publicIpAssignment;
  const moves = addresses !== instance["public-ip-assignment"];
  const body = {
    ...(inputs.name !== instance.name && { name: inputs.name }),
    ...(userData !== undefined && userData !== instance["user-data"] && { "user-data": userData }),
    ...(moves && { "public-ip-assignment": addresses }),
  };
  if (Object.keys(body).length > 0) await zone.instances.update(instance.id, body, deadline);
  await changeLabels(zone, instance.id, (before) => labelsOnceSaved(before, inputs), deadline);
  if (!moves) return instance;
  const now = await findExisting(zone, instance.id);
  const assigned = now["public-ip-assignment"];
  if (assigned !== undefined && assigned !== addresses) throw addressesUnchanged(inputs, assigned);
  return now;
}

/**
 * An update proves that the state of this resource has the instance, whatever resource it was made for, and whatever run
 * has adopted it and was killed.
 */
function labelsOnceSaved(before: Labels, { labels, identity, owner }: InstanceInputs): LabelChanges {
  const digest = identityDigest(identity);
  return {
    ...withProgramLabels(before, labels),
    [CREATING_LABEL]: undefined,
    ...(owner !== undefined && OWNER_LABEL in before && { [OWNER_LABEL]: owner }),
    ...(digest !== undefined && RESOURCE_LABEL in before && { [RESOURCE_LABEL]: digest }),
  };
}

function addressesUnchanged({ name, publicIpAssignment }: InstanceInputs, now: string): ChangeIgnoredError {
  return new ChangeIgnoredError(
    `Exoscale accepted the change of publicIpAssignment of instance "${name}" to ${publicIpAssignment}, and left it at ` +
      `${now}. Set publicIpAssignment: "${now}", or make a new instance under another name and delete this one.`,
  );
}

/** Adds new groups first, so that a port that both allow is never closed. */
async function changeGroups({ account, zone, inputs, deadline }: Job, instance: Instance): Promise<void> {
  if (!inputs.securityGroups) return;
  const wanted = await findGroupIds(account, "securityGroups", inputs.securityGroups);
  const present = (instance["security-groups"] ?? []).map(({ id }) => id);
  for (const id of wanted.filter((group) => !present.includes(group)))
    await zone.securityGroups.attach(id, instance.id, deadline);
  for (const id of present.filter((group) => !wanted.includes(group)))
    await zone.securityGroups.detach(id, instance.id, deadline);
}
