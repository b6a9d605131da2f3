import type { Instance } from "../../account";
import { LeftStoppedError } from "../../errors";
import { findExisting } from "../machine";
import type { InstanceState } from "./fields";
import type { Job } from "./job";
import { chooseType } from "./zone_catalogue";

/** Turns an instance on or off, as the inputs say. */
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
 * Brings type, disk and power to what the inputs say. The API scales and resizes only what is stopped; what was stopped
 * for that alone is started again.
 *
 * @throws LeftStoppedError when something fails in between: whoever counts on the instance should know that it is down
 */
export async function resizeAndStartOrStop(job: Job, instance: Instance, last: InstanceState): Promise<void> {
  try {
    await resize(job, instance, last);
    await startOrStop(job);
  } catch (error) {
    throw (await isLeftStopped(job)) ? leftStoppedError(job, error) : error;
  }
}

async function resize(job: Job, instance: Instance, last: InstanceState): Promise<void> {
  const { zone, inputs, deadline, log } = job;
  // A type that stays is not looked up: it may have been withdrawn since.
  const type = inputs.type.toLowerCase() === last.type.toLowerCase() ? undefined : await chooseType(zone, inputs.type);
  const scales = type !== undefined && instance["instance-type"]?.id !== type.id;
  const grows = (instance["disk-size"] ?? 0) < inputs.diskSize;
  if (!scales && !grows) return;
  if (instance.state !== "stopped") await stop(job);
  log.progress("changing type and disk");
  if (scales) await zone.instances.scale(instance.id, type.id, deadline);
  if (grows) await zone.instances.resizeDisk(instance.id, inputs.diskSize, deadline);
}

async function isLeftStopped({ zone, id, inputs }: Job): Promise<boolean> {
  if (inputs.state === "stopped") return false;
  // What keeps us from looking must not take the place of the error.
  const now = await zone.instances.find(id).catch(() => undefined);
  return now?.state === "stopped";
}

function leftStoppedError({ zone, id, inputs }: Job, cause: unknown): LeftStoppedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LeftStoppedError(
    `Instance "${inputs.name}" is stopped, and was to run: ${reason} Run "pulumi up" again: it goes on from there. To ` +
      `start the instance as it is: exo compute instance start --zone ${zone.name} ${id}. If you take the change back, run ` +
      '"pulumi refresh" first.',
    { cause },
  );
}
