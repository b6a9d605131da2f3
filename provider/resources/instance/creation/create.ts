import type { Instance } from "../../../account";
import { PartialCreateError } from "../../../errors";
import { printable } from "../../../errors/printable";
import { leftNothing } from "../../contract/failed_creation";
import { newOwner } from "../../contract/identity";
import type { Context, Created, Log } from "../../contract/resource";
import { omitUndefined } from "../../contract/state";
import { OWNER_LABEL, reservedLabels } from "../../labels/reserved_labels";
import { findExisting, isGone } from "../../machine";
import { formatAddress } from "../address";
import type { InstanceInputs, InstanceState } from "../fields";
import type { Job, Remembered } from "../job";
import { keysOfFirstBoot } from "../keys/keys";
import { explainMissingKey } from "../keys/missing_key";
import { generateInjectedKey } from "../pin_host_key/injection";
import { startOrStop } from "../power";
import { protectionCommand } from "../protection";
import { declaredProtection, readState } from "../state";
import { deadlineOf, timeoutsOf, withinTimeout } from "../timeouts";
import { finishCreation } from "./finish";
import { clearMark, clearMarkOnceSaved, findMadeBefore, isSaved, madeBeforeText, together } from "./mark";
import { buildCreationRequest, type CreationRequest, isAsRequested } from "./request";

/**
 * Creates an instance so that none is ever lost: a label marks it until a state is known to have it, and its id is kept
 * as soon as the API returns it. If a run is cut short, the next one finds the mark and continues.
 *
 * @throws PartialCreateError for every failure after the instance exists, unless Exoscale says that it does not exist after all
 */
export async function createInstance(inputs: InstanceInputs, context: Context): Promise<Created<InstanceState>> {
  const { account, run, abandoned, log } = context;
  const zone = await account.zone(inputs.zone);
  const heldKeys = keysOfFirstBoot(inputs.sshKeys, await account.sshKeys.list(together));
  const owner = inputs.owner ?? newOwner(inputs);
  const injected = inputs.pinHostKey === true ? await generateInjectedKey() : undefined;
  const request = await buildCreationRequest(account, zone, inputs, { heldKeys, owner, injected });
  const progress: Progress = {
    id: undefined,
    remembered: { heldKeys, owner, deletionProtection: false, unfinished: true },
  };
  const timeouts = timeoutsOf(inputs, context);
  const job = { account, run, zone, inputs, deadline: deadlineOf(timeouts, "create"), abandoned, log };
  try {
    const state = await withinTimeout(timeouts, "create", () => createOrResume(job, request, progress, context.log));
    if (!(await abandoned?.())) clearMarkOnceSaved({ run, zone, id: state.instanceId });
    return { id: formatAddress(zone, state.instanceId), state };
  } catch (error) {
    const { id } = progress;
    if (id === undefined) throw await explainMissingKey(error, inputs.sshKeys, account);
    if (await leftNothing(error, () => zone.instances.find(id))) throw error;
    throw await partialCreateError({ ...job, id }, progress.remembered, error);
  }
}

/** How far a creation has come. A failed creation keeps it in the state. */
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
  const keep = (now: Remembered) => {
    progress.remembered = now;
  };
  progress.id = await adoptLeftBehind(job, request, progress, log);
  if (progress.id === undefined) {
    const id = await requestCreation(job, request, (accepted) => {
      log.progress("booting");
      job.run.created.add(accepted);
      progress.id = accepted;
    });
    return await finishCreation({ ...job, id }, await readNew({ ...job, id }), progress.remembered, keep);
  }
  // The interrupted run may have protected it or not, so a declared protection, or its absence, is always applied. A
  // program that declares nothing may have no permission for that.
  progress.remembered = { ...progress.remembered, deletionProtection: job.inputs.deletionProtection === false };
  const adopted = { ...job, id: progress.id };
  await startOrStop(adopted);
  return await finishCreation(adopted, await findExisting(job.zone, adopted.id), progress.remembered, keep);
}

/** A new instance, from the list that other creations share, unless the list lacks what is needed of it. */
async function readNew({ zone, id, inputs }: Job): Promise<Instance> {
  const list = () => zone.instances.findListed(id, together).catch(() => undefined);
  const listed = inputs.pinHostKey === true ? undefined : await list();
  const isComplete =
    listed?.template !== undefined &&
    listed.state === inputs.state &&
    (listed["ssh-keys"] !== undefined || !inputs.sshKeys?.length) &&
    (listed["public-ip"] !== undefined || inputs.publicIpAssignment === "none") &&
    (listed["ipv6-address"] !== undefined || inputs.publicIpAssignment !== "dual");
  return isComplete ? listed : await findExisting(zone, id);
}

/**
 * Takes over the instance that an interrupted run has left. The first step makes this resource its owner: a resource
 * that is being replaced by this one may have it in its state too, and must not delete it.
 */
async function adoptLeftBehind(
  { run, zone, inputs, deadline }: Omit<Job, "id">,
  request: CreationRequest,
  { remembered }: Progress,
  log: Log,
): Promise<string | undefined> {
  const before = await findMadeBefore(zone, request);
  const isOthers = (instance: Instance) => !run.created.has(instance.id) && !isGone(instance.state);
  for (const made of before.unmarked)
    if (isOthers(made) && !isSaved(made, run)) log.info(madeBeforeText(made, zone.name));
  const marked = before.marked.filter(({ id }) => !run.created.has(id));
  // The instance that is being replaced is about to be deleted. Until then the state has it where no check shows it.
  const saved = marked.filter((instance) => isSaved(instance, run) && instance.state !== "error");
  for (const { id } of saved) await clearMark(zone, id, deadline);
  const left = marked.filter((instance) => !isSaved(instance, run));
  const adopted = left.find((instance) => isAsRequested(instance, request, inputs, remembered));
  for (const other of left) if (other !== adopted && !isGone(other.state)) log.warn(leftBehindText(other, zone.name));
  if (!adopted) return undefined;
  log.info(
    `Instance "${printable(adopted.name)}" (${adopted.id}) was left behind by an interrupted run: continuing with it.`,
  );
  const labels = { ...adopted.labels, ...reservedLabels(request.labels) };
  await zone.instances.update(adopted.id, { labels }, deadline);
  run.created.add(adopted.id);
  return adopted.id;
}

function leftBehindText({ id, name }: Instance, zone: string): string {
  return (
    `Instance "${printable(name)}" (${id}) in ${zone} was left behind by an interrupted run and is not what the program asks for ` +
    `now. If Pulumi does not delete it in this run, run: exo compute instance delete --zone ${zone} ${id}. The interrupted ` +
    `run may have protected it. If so, run first: ${protectionCommand({ zone, id }, false)}`
  );
}

async function requestCreation(
  { zone, deadline, log }: Omit<Job, "id">,
  request: CreationRequest,
  onAccepted: (id: string) => void,
): Promise<string> {
  const owner = request.labels[OWNER_LABEL];
  const findOwn = async () =>
    (await findMadeBefore(zone, request)).marked.filter(({ labels }) => labels?.[OWNER_LABEL] === owner);
  let mayBeTwo = false;
  const findCreated = async () => {
    mayBeTwo = true;
    return (await findOwn())[0]?.id;
  };
  const id = await zone.instances.create(request, { onAccepted, findCreated, deadline });
  // The API may carry out a request of which it said that it failed, after this run has looked for its result.
  const others = mayBeTwo ? (await findOwn()).filter((own) => own.id !== id && !isGone(own.state)) : [];
  for (const other of others) log.warn(madeTwiceText(other, zone.name));
  return id;
}

function madeTwiceText({ id, name }: Instance, zone: string): string {
  return (
    `Instance "${name}" was made twice: Exoscale also carried out a request to which it gave no answer, or answered that it ` +
    `failed. No state has the second one, so delete it: exo compute instance delete --zone ${zone} ${id}`
  );
}

async function partialCreateError(job: Job, remembered: Remembered, cause: unknown): Promise<Error> {
  const { account, zone, id, inputs } = job;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const address = formatAddress(zone, id);
  const message = `Instance ${address} was made, but: ${reason} It is kept in the state. "pulumi up" continues with it.`;
  try {
    const state = await readState(account, inputs, await findExisting(zone, id), remembered);
    return new PartialCreateError(message, address, state, cause);
  } catch {
    return new PartialCreateError(message, address, { ...stateWithoutApi(job, remembered) }, cause);
  }
}

/** For an API that does not even return the instance. This is enough to find it again. */
function stateWithoutApi({ id, inputs }: Job, remembered: Remembered): InstanceState {
  return omitUndefined({
    ...inputs,
    instanceId: id,
    state: "unknown",
    ...remembered,
    deletionProtection: declaredProtection(inputs, remembered),
    bootSshKeys: [],
    staleSshKeys: [],
  });
}
