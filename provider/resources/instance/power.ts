import type { Instance } from "../../account";
import { ApiError, LeftStoppedError, TypeRefusedError } from "../../errors";
import { findExisting } from "../machine";
import type { InstanceState } from "./fields";
import type { Job } from "./job";
import { familyOf } from "./type_families";
import { chooseType } from "./zone_catalogue";

/** Starts or stops an instance, as the inputs say. */
export async function startOrStop(job: Job): Promise<void> {
  const { zone, id, inputs } = job;
  const { state } = await findExisting(zone, id);
  if (inputs.state === "stopped" && state !== "stopped") await stop(job);
  if (inputs.state === "running" && state !== "running") await start(job);
}

async function stop({ zone, id, deadline, log }: Job): Promise<void> {
  log.progress("stopping");
  await zone.instances.stop(id, deadline);
}

async function start({ zone, id, deadline, log }: Job): Promise<void> {
  log.progress("starting");
  await zone.instances.start(id, deadline);
}

/**
 * Changes type, disk and power state to those of the inputs. The API scales and resizes stopped instances only, so a
 * running one is stopped, and started again afterwards.
 *
 * @throws LeftStoppedError when a step in between fails, so that the user knows that the instance is down
 */
export async function resizeAndStartOrStop(job: Job, instance: Instance, last: InstanceState): Promise<void> {
  if (instance.state === "stopped" && job.inputs.state === "running") {
    job.log.info(`Instance "${job.inputs.name}" was stopped, and is started: the program declares it running.`);
  }
  try {
    await resize(job, instance, last);
    await startOrStop(job);
  } catch (error) {
    throw (await isLeftStopped(job)) ? leftStoppedError(job, error) : error;
  }
}

async function resize(job: Job, instance: Instance, last: InstanceState): Promise<void> {
  const { zone, inputs, deadline, log } = job;
  // A type that stays is not looked up: Exoscale may have withdrawn it since.
  const type = inputs.type.toLowerCase() === last.type.toLowerCase() ? undefined : await chooseType(zone, inputs.type);
  const scales = type !== undefined && instance["instance-type"]?.id !== type.id;
  const grows = (instance["disk-size"] ?? 0) < inputs.diskSize;
  if (!scales && !grows) return;
  if (instance.state !== "stopped") {
    const then = inputs.state === "running" ? ", and started again" : "";
    log.info(`Instance "${inputs.name}" is stopped to change its type or disk${then}.`);
    await stop(job);
  }
  log.progress("changing type and disk");
  if (scales) await scale(job, type.id, instance, last);
  if (grows) await zone.instances.resizeDisk(instance.id, inputs.diskSize, deadline);
}

/** Statuses with which the API can refuse what a request asks for. Any other has a reason of its own, such as a quota. */
const refusals: readonly number[] = [400, 422];

/**
 * Another family is for the API to decide, and it decides only once the instance is stopped. If it refuses, the instance
 * runs again as it was: trying again would stop it in vain.
 */
async function scale(job: Job, typeId: string, { id, state }: Instance, last: InstanceState): Promise<void> {
  const { zone, inputs, deadline } = job;
  try {
    await zone.instances.scale(id, typeId, deadline);
  } catch (error) {
    const isRefused = error instanceof ApiError && error.status >= 400 && error.status < 500;
    if (!isRefused || familyOf(inputs.type) === familyOf(last.type)) throw error;
    if (state === "running") await start(job);
    const now = `${state === "running" ? "It was stopped for that, and runs again" : "It stays"} as ${last.type}.`;
    if (!refusals.includes(error.status)) throw error.addSentence(now);
    throw new TypeRefusedError(
      `Exoscale does not change the type of instance "${inputs.name}" from ${last.type} to ${inputs.type}: ` +
        `${error.message} ${now} Choose a type of ${familyOf(last.type)}, or make a new instance under another name and ` +
        "delete this one.",
      { cause: error },
    );
  }
}

async function isLeftStopped({ zone, id, inputs }: Job): Promise<boolean> {
  if (inputs.state === "stopped") return false;
  // An error of this request must not hide the first one.
  const now = await zone.instances.find(id).catch(() => undefined);
  return now?.state === "stopped";
}

function leftStoppedError({ zone, id, inputs }: Job, cause: unknown): LeftStoppedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LeftStoppedError(
    `Instance "${inputs.name}" is stopped, and should run: ${reason} Run "pulumi up" again: it continues from there. ` +
      `To start the instance as it is: exo compute instance start --zone ${zone.name} ${id}. If you revert the change, ` +
      'run "pulumi refresh" first.',
    { cause },
  );
}
