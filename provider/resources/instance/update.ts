import type { Instance } from "../../account";
import { ChangeIgnoredError, ReplacementRefusedError } from "../../errors";
import type { Context } from "../contract/resource";
import { groupIds } from "../group_choice";
import { changeLabels, withProgramLabels } from "../labels/change_labels";
import { creatingLabel } from "../labels/reserved_labels";
import { existingInstance } from "../machine";
import type { InstanceAddress } from "./address";
import { changesRefused } from "./checks/change";
import { awaitsSsh, finishCreation, firstHostKeys } from "./creation/finish";
import type { InstanceInputs, InstanceState } from "./fields";
import type { Job, Remembered } from "./job";
import { keysAsAsked } from "./keys/change_keys";
import { sameKeys } from "./keys/keys";
import { injectedKeyIn } from "./pin_host_key/injection";
import { isHalfPinned, isToBePinned, ownHostKeys } from "./pin_host_key/pinning";
import { resizeAndPower } from "./power";
import { protectedAgain, protectedAsAsked } from "./protection";
import { instanceState, rememberedIn } from "./state";
import { deadlineOf, timeoutsOf, withinTimeout } from "./timeouts";
import { sentUserData } from "./user_data";

/**
 * Brings an instance to what the inputs say, by what the API can change in place. Safe to repeat at any point: each step
 * looks at the instance as it is, so that what a failed run has done is not done again.
 */
export async function updateInstance(
  { zone: zoneName, id }: InstanceAddress,
  last: InstanceState,
  inputs: InstanceInputs,
  context: Context,
): Promise<InstanceState> {
  const { account, run, abandoned, log } = context;
  const [refused] = changesRefused(inputs, last);
  if (refused) throw new ReplacementRefusedError(refused.reason);
  const zone = await account.zone(zoneName);
  const timeouts = timeoutsOf(inputs, context);
  const job = { account, run, zone, id, inputs, deadline: deadlineOf(timeouts, "update"), abandoned, log };
  return await withinTimeout(timeouts, "update", () => changed(job, last));
}

async function changed(job: Job, last: InstanceState): Promise<InstanceState> {
  const instance = await existingInstance(job.zone, job.id);
  // Exoscale may refuse to stop what is protected, so a protection that is to go goes first, and a new one comes last.
  const remembered = rememberedIn(last);
  const isToGo = remembered.deletionProtection && job.inputs.deletionProtection !== true;
  if (!isToGo) return await changedFrom(instance, job, last, remembered);
  const deletionProtection = await protectedAsAsked(job, true);
  try {
    return await changedFrom(instance, job, last, { ...remembered, deletionProtection });
  } catch (error) {
    throw await protectedAgain(job, error);
  }
}

async function changedFrom(
  instance: Instance,
  job: Job,
  last: InstanceState,
  remembered: Remembered,
): Promise<InstanceState> {
  const { account, zone, id, inputs } = job;
  const described = await describeAnew(job, instance);
  await moveBetweenGroups(job, described);
  await resizeAndPower(job, described, last);
  const now = await existingInstance(zone, id);
  // What was just started may not answer yet.
  if (last.state !== "running" && !sameKeys(last.sshKeys, inputs.sshKeys)) await firstHostKeys(job, now);
  const withKeys = await keysAsAsked(job, last, await withOwnHostKey(job, now, last, remembered));
  const unfinished = creatingLabel in (instance.labels ?? {}) || injectedKeyIn(now["user-data"]) !== undefined;
  if (unfinished || (withKeys.hostKeys === undefined && awaitsSsh(job, now))) {
    return await finishCreation(job, withKeys, () => undefined);
  }
  const deletionProtection = await protectedAsAsked(job, withKeys.deletionProtection);
  return await instanceState(account, inputs, await existingInstance(zone, id), { ...withKeys, deletionProtection });
}

/** Comes before keys are changed: until then the host has a key that is not to be remembered. */
async function withOwnHostKey(job: Job, now: Instance, last: InstanceState, remembered: Remembered) {
  if (isToBePinned(job, now, remembered)) {
    return { ...remembered, hostKeys: await ownHostKeys(job, now, last.connection) };
  }
  if (!isHalfPinned(now, remembered) || now.state !== "running") return remembered;
  const hostKeys = await firstHostKeys(job, now);
  return { ...remembered, ...(hostKeys && { hostKeys }) };
}

/** @returns the instance after it, for what becomes of its groups when its addresses change is Exoscale's affair */
async function describeAnew({ zone, inputs, deadline }: Job, instance: Instance): Promise<Instance> {
  // With a key for the first contact in it, it is the end of the creation that writes it anew.
  const isInjected = injectedKeyIn(instance["user-data"]) !== undefined;
  const userData = inputs.userData === undefined || isInjected ? undefined : sentUserData(inputs.userData);
  const addresses = inputs.publicIpAssignment;
  const moves = addresses !== instance["public-ip-assignment"];
  const body = {
    ...(inputs.name !== instance.name && { name: inputs.name }),
    ...(userData !== undefined && userData !== instance["user-data"] && { "user-data": userData }),
    ...(moves && { "public-ip-assignment": addresses }),
  };
  if (Object.keys(body).length > 0) await zone.instances.update(instance.id, body, deadline);
  await changeLabels(zone, instance.id, (before) => withProgramLabels(before, inputs.labels), deadline);
  if (!moves) return instance;
  const now = await existingInstance(zone, instance.id);
  const assigned = now["public-ip-assignment"];
  if (assigned !== undefined && assigned !== addresses) throw addressesUnchanged(inputs, assigned);
  return now;
}

function addressesUnchanged({ name, publicIpAssignment }: InstanceInputs, now: string): ChangeIgnoredError {
  return new ChangeIgnoredError(
    `Exoscale took the change of publicIpAssignment of instance "${name}" to ${publicIpAssignment}, and left it at ` +
      `${now}. Set publicIpAssignment: "${now}", or make a new instance under another name and delete this one.`,
  );
}

/** New groups first, so that no port that stays open closes for a moment. */
async function moveBetweenGroups({ account, zone, inputs, deadline }: Job, instance: Instance): Promise<void> {
  if (!inputs.securityGroups) return;
  const wanted = await groupIds(account, "securityGroups", inputs.securityGroups);
  const present = (instance["security-groups"] ?? []).map(({ id }) => id);
  for (const id of wanted.filter((group) => !present.includes(group)))
    await zone.securityGroups.attach(id, instance.id, deadline);
  for (const id of present.filter((group) => !wanted.includes(group)))
    await zone.securityGroups.detach(id, instance.id, deadline);
}
