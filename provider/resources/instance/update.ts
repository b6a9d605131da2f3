import { isDeepStrictEqual } from "node:util";
import type { Account, Instance, ZoneAccount } from "../../account";
import { ReplacementRefusedError } from "../../errors";
import type { Context } from "../contract/resource";
import { groupIds } from "../group_choice";
import { deadlineOf, existing, finishCreation, startOrStop } from "./creation";
import type { InstanceInputs, InstanceState } from "./fields";
import { changesRefused } from "./replacement";
import { encodeUserData } from "./request";
import { creatingLabel, programLabels, reservedLabels } from "./reserved_labels";
import { instanceState, rememberedIn } from "./state";
import { chooseType } from "./zone_catalogue";

/** Brings an instance to what the inputs say, by what the API can change in place. Safe to repeat at any point. */
export async function updateInstance(
  { zone: zoneName, id }: { zone: string; id: string },
  last: InstanceState,
  inputs: InstanceInputs,
  context: Context,
): Promise<InstanceState> {
  const { account } = context;
  const [refused] = changesRefused(inputs, last);
  if (refused) throw new ReplacementRefusedError(refused.reason);
  const zone = await account.zone(zoneName);
  const deadline = deadlineOf(inputs, "update");
  const instance = await existing(zone, id);
  await describeAnew(zone, instance, inputs, deadline);
  await moveBetweenGroups(account, zone, instance, inputs);
  await resize(zone, instance, last, inputs, deadline);
  await startOrStop(zone, id, inputs, deadline);
  const remembered = rememberedIn(last);
  if (creatingLabel in (instance.labels ?? {})) {
    return await finishCreation(context, zone, id, inputs, remembered, deadline);
  }
  return await instanceState(account, inputs, await existing(zone, id), remembered);
}

async function describeAnew(zone: ZoneAccount, instance: Instance, inputs: InstanceInputs, deadline: number) {
  const userData = inputs.userData === undefined ? undefined : encodeUserData(inputs.userData);
  const sameLabels = isDeepStrictEqual(programLabels(instance.labels), inputs.labels ?? {});
  const body = {
    ...(inputs.name !== instance.name && { name: inputs.name }),
    ...(!sameLabels && { labels: { ...inputs.labels, ...reservedLabels(instance.labels) } }),
    ...(userData !== undefined && userData !== instance["user-data"] && { "user-data": userData }),
    ...(inputs.publicIpAssignment !== instance["public-ip-assignment"] && {
      "public-ip-assignment": inputs.publicIpAssignment,
    }),
  };
  if (Object.keys(body).length > 0) await zone.instances.update(instance.id, body, deadline);
}

/** New groups first, so that no port that stays open closes for a moment. */
async function moveBetweenGroups(account: Account, zone: ZoneAccount, instance: Instance, inputs: InstanceInputs) {
  if (!inputs.securityGroups) return;
  const wanted = await groupIds(account, "securityGroups", inputs.securityGroups);
  const present = (instance["security-groups"] ?? []).map(({ id }) => id);
  for (const id of wanted.filter((group) => !present.includes(group)))
    await zone.securityGroups.attach(id, instance.id);
  for (const id of present.filter((group) => !wanted.includes(group)))
    await zone.securityGroups.detach(id, instance.id);
}

/** The API scales and resizes only what is stopped. */
async function resize(
  zone: ZoneAccount,
  instance: Instance,
  last: InstanceState,
  inputs: InstanceInputs,
  deadline: number,
) {
  // A type that stays is not looked up: it may have been withdrawn since.
  const type = inputs.type.toLowerCase() === last.type.toLowerCase() ? undefined : await chooseType(zone, inputs.type);
  const scales = type !== undefined && instance["instance-type"]?.id !== type.id;
  const grows = (instance["disk-size"] ?? 0) < inputs.diskSize;
  if (!scales && !grows) return;
  if (instance.state !== "stopped") await zone.instances.stop(instance.id, deadline);
  if (scales) await zone.instances.scale(instance.id, type.id, deadline);
  if (grows) await zone.instances.resizeDisk(instance.id, inputs.diskSize, deadline);
}
