import { randomBytes } from "node:crypto";
import type { Instance } from "../../../account";
import { PartialCreateError } from "../../../errors";
import type { Context, Created, Log } from "../../contract/resource";
import { omitUndefined } from "../../contract/state";
import { ownerLabel, reservedLabels } from "../../labels/reserved_labels";
import { findExisting, isGone } from "../../machine";
import { formatAddress } from "../address";
import type { InstanceInputs, InstanceState } from "../fields";
import type { Job, Remembered } from "../job";
import { explainMissingKey, keysOfFirstBoot } from "../keys/keys";
import { generateInjectedKey } from "../pin_host_key/injection";
import { startOrStop } from "../power";
import { protectionCommand } from "../protection";
import { declaredProtection, readState } from "../state";
import { deadlineOf, timeoutsOf, withinTimeout } from "../timeouts";
import { finishCreation } from "./finish";
import { buildCreationRequest, type CreationRequest, findUnfinished, isAsRequested } from "./request";

/**
 * Makes an instance so that none is ever lost: it carries a mark from its first moment to the last step, and its id is
 * kept as soon as the API tells it. A run that was cut short is taken up by the next one, which finds the mark.
 *
 * @throws PartialCreateError for anything that goes wrong once the instance exists
 */
export async function createInstance(inputs: InstanceInputs, context: Context): Promise<Created<InstanceState>> {
  const { account, run, abandoned, log } = context;
  const zone = await account.zone(inputs.zone);
  const heldKeys = keysOfFirstBoot(inputs.sshKeys, await account.sshKeys.list());
  const owner = randomBytes(8).toString("hex");
  const injected = inputs.pinHostKey === true ? await generateInjectedKey() : undefined;
  const request = await buildCreationRequest(account, zone, inputs, { heldKeys, owner, injected });
  const progress: Progress = { id: undefined, remembered: { heldKeys, owner, deletionProtection: false } };
  const timeouts = timeoutsOf(inputs, context);
  const job = { account, run, zone, inputs, deadline: deadlineOf(timeouts, "create"), abandoned, log };
  try {
    const state = await withinTimeout(timeouts, "create", () => createOrResume(job, request, progress, context.log));
    return { id: formatAddress(zone, state.instanceId), state };
  } catch (error) {
    if (progress.id === undefined) throw await explainMissingKey(error, inputs.sshKeys, account);
    throw await partialCreation({ ...job, id: progress.id }, progress.remembered, error);
  }
}

/** How far a creation has come: what is lost with it if it fails. */
interface Progress {
  id: string | undefined;
  remembered: Remembered;
}

async function createOrResume(
  job: Omit<Job, "id">,
  request: CreationRequest,
  progress: Progress,
  log: Log,
): Promise<InstanceState> {
  progress.id = await adoptUnfinished(job, request, progress, log);
  if (progress.id === undefined) {
    await requestCreation(job, request, (accepted) => {
      log.progress("booting");
      job.run.created.add(accepted);
      progress.id = accepted;
    });
  } else {
    // Nobody knows whether the interrupted run has protected it, so what the program says, if anything, is done in any
    // case. A program that says nothing may have no permission for it.
    progress.remembered = { ...progress.remembered, deletionProtection: job.inputs.deletionProtection === false };
    await startOrStop({ ...job, id: progress.id });
  }
  return await finishCreation({ ...job, id: progress.id ?? "" }, progress.remembered, (now) => {
    progress.remembered = now;
  });
}

/**
 * Takes over what an interrupted run has left. From the first step it is ours alone: the state of a resource that is
 * being replaced by this one may name it too, and must not delete it.
 */
async function adoptUnfinished(
  { run, zone, deadline }: Omit<Job, "id">,
  request: CreationRequest,
  { remembered }: Progress,
  log: Log,
): Promise<string | undefined> {
  const left = (await findUnfinished(zone, request)).filter(({ id }) => !run.created.has(id));
  const adopted = left.find((instance) => isAsRequested(instance, request, remembered));
  for (const other of left) if (other !== adopted && !isGone(other.state)) log.warn(leftOver(other, zone.name));
  if (!adopted) return undefined;
  log.info(`Instance "${adopted.name}" (${adopted.id}) was left unfinished by an interrupted run: going on with it.`);
  const labels = { ...adopted.labels, ...reservedLabels(request.labels) };
  await zone.instances.update(adopted.id, { labels }, deadline);
  run.created.add(adopted.id);
  return adopted.id;
}

function leftOver({ id, name }: Instance, zone: string): string {
  return (
    `Instance "${name}" (${id}) in ${zone} was left unfinished and is not what the program asks for now. If Pulumi does ` +
    `not delete it in this run, do: exo compute instance delete --zone ${zone} ${id}. If it is protected, as the ` +
    `interrupted run may have left it, do first: ${protectionCommand({ zone, id }, false)}`
  );
}

async function requestCreation(
  { zone, deadline }: Omit<Job, "id">,
  request: CreationRequest,
  accepted: (id: string) => void,
): Promise<void> {
  const owner = request.labels[ownerLabel];
  const findCreated = async () =>
    (await findUnfinished(zone, request)).find(({ labels }) => labels?.[ownerLabel] === owner)?.id;
  await zone.instances.create(request, { onAccepted: accepted, findCreated, deadline });
}

async function partialCreation(job: Job, remembered: Remembered, cause: unknown): Promise<Error> {
  const { account, zone, id, inputs } = job;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const address = formatAddress(zone, id);
  const message = `Instance ${address} was made, but: ${reason} It is kept in the state, and "pulumi up" goes on with it.`;
  try {
    const state = await readState(account, inputs, await findExisting(zone, id), remembered);
    return new PartialCreateError(message, address, state, cause);
  } catch {
    return new PartialCreateError(message, address, { ...stateUnseen(job, remembered) }, cause);
  }
}

/** The API fails even to tell about it; what we know ourselves is enough to find it again. */
function stateUnseen({ id, inputs }: Job, remembered: Remembered): InstanceState {
  return omitUndefined({
    ...inputs,
    instanceId: id,
    state: "unknown",
    ...remembered,
    deletionProtection: declaredProtection(inputs, remembered),
    bootSshKeys: [],
    staleSshKeys: [],
    unfinished: true,
  });
}
