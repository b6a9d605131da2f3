import type { Account, Instance, ZoneAccount } from "../../account";
import { NotInAccountError, PartialCreateError } from "../../errors";
import type { Context, Created, Log } from "../contract/resource";
import { formatAddress } from "./address";
import type { InstanceInputs, InstanceState } from "./fields";
import { keysOfFirstBoot } from "./keys";
import { type CreationRequest, creationRequest, isAsRequested, unfinished } from "./request";
import { creatingLabel, type Labels, reservedLabels } from "./reserved_labels";
import { instanceState, type Remembered, sshTarget } from "./state";

const defaultTimeoutSeconds = 600;

/** The instant, in ms since 1970, by which an operation that begins now has to end. */
export function deadlineOf(
  inputs: Pick<InstanceInputs, "timeouts">,
  operation: "create" | "update" | "delete",
): number {
  return Date.now() + (inputs.timeouts?.[operation] ?? defaultTimeoutSeconds) * 1000;
}

/**
 * Makes an instance so that none is ever lost: it carries a mark from its first moment to the last step, and its id is
 * kept as soon as the API tells it. A run that was cut short is taken up by the next one, which finds the mark.
 *
 * @throws PartialCreateError for anything that goes wrong once the instance exists
 */
export async function createInstance(inputs: InstanceInputs, context: Context): Promise<Created<InstanceState>> {
  const { account, log } = context;
  const zone = await account.zone(inputs.zone);
  const request = await creationRequest(account, zone, inputs);
  const deadline = deadlineOf(inputs, "create");
  const heldKeys = keysOfFirstBoot(inputs.sshKeys, await account.sshKeys.list());
  let id: string | undefined;
  try {
    id = await takeOver(zone, request, log);
    if (id !== undefined) await startOrStop(zone, id, inputs, deadline);
    id ??= await make(zone, request, deadline, (accepted) => {
      id = accepted;
    });
    account.madeInThisRun.add(id);
    return {
      id: formatAddress(zone, id),
      state: await finishCreation(account, zone, id, inputs, { heldKeys }, deadline),
    };
  } catch (error) {
    if (id === undefined) throw error;
    throw await partial(account, zone, id, inputs, { heldKeys }, error);
  }
}

async function takeOver(zone: ZoneAccount, request: CreationRequest, log: Log): Promise<string | undefined> {
  const left = await unfinished(zone, request);
  const adopted = left.find((instance) => isAsRequested(instance, request));
  for (const { id, name } of left.filter((instance) => instance !== adopted)) {
    log.warn(
      `Instance "${name}" (${id}) in ${zone.name} was left by an interrupted run and is not what the program asks for ` +
        `now. Delete it if nobody uses it: exo compute instance delete --zone ${zone.name} ${id}`,
    );
  }
  if (adopted) log.info(`Instance "${adopted.name}" (${adopted.id}) was left by an interrupted run: going on with it.`);
  return adopted?.id;
}

async function make(
  zone: ZoneAccount,
  request: CreationRequest,
  deadline: number,
  accepted: (id: string) => void,
): Promise<string> {
  const before = new Set((await unfinished(zone, request)).map(({ id }) => id));
  const findCreated = async () => (await unfinished(zone, request)).find(({ id }) => !before.has(id))?.id;
  return await zone.instances.create(request, { accepted, findCreated, deadline });
}

/**
 * What follows once the instance is up: sshd if it is to be waited for, then the mark is cleared. Safe to repeat.
 *
 * @throws NotInAccountError when the instance vanished meanwhile
 */
export async function finishCreation(
  account: Account,
  zone: ZoneAccount,
  id: string,
  inputs: InstanceInputs,
  remembered: Remembered,
  deadline: number,
): Promise<InstanceState> {
  const instance = await existing(zone, id);
  const hostKeys =
    remembered.hostKeys ??
    (inputs.waitForSsh && instance.state === "running"
      ? await firstHostKeys(account, inputs, instance, deadline)
      : undefined);
  const labels = { ...inputs.labels, ...withoutMark(reservedLabels(instance.labels)) };
  await zone.instances.update(id, { ...renamed(instance, inputs), labels }, deadline);
  const kept = { ...remembered, ...(hostKeys && { hostKeys }) };
  return await instanceState(account, inputs, await existing(zone, id), kept);
}

/** Turns an instance on or off, as the inputs say. */
export async function startOrStop(zone: ZoneAccount, id: string, inputs: InstanceInputs, deadline: number) {
  const { state } = await existing(zone, id);
  if (inputs.state === "stopped" && state !== "stopped") await zone.instances.stop(id, deadline);
  if (inputs.state === "running" && state !== "running") await zone.instances.start(id, deadline);
}

/** The instance as it is. @throws NotInAccountError when it is gone */
export async function existing(zone: ZoneAccount, id: string): Promise<Instance> {
  const instance = await zone.instances.find(id);
  if (instance) return instance;
  throw new NotInAccountError(
    `Instance ${id} is gone from ${zone.name}. Run "pulumi refresh", then "pulumi up" makes it anew.`,
  );
}

async function firstHostKeys(account: Account, inputs: InstanceInputs, instance: Instance, deadline: number) {
  const known = inputs.connection?.hostKey;
  // The host key is shown before anybody says who they are, so any name will do.
  const target = sshTarget(account, inputs, instance, "root");
  if (!target) return undefined;
  const timeoutMs = Math.max(1, deadline - Date.now());
  const key = await account.ssh.waitForSsh(target, {
    timeoutMs,
    ...(known !== undefined && { knownHostKeys: [known] }),
  });
  return [`${key.type} ${key.base64}`];
}

function renamed(instance: Instance, { name }: InstanceInputs) {
  return name === instance.name ? {} : { name };
}

function withoutMark(labels: Labels): Labels {
  const { [creatingLabel]: _mark, ...others } = labels;
  return others;
}

async function partial(
  account: Account,
  zone: ZoneAccount,
  id: string,
  inputs: InstanceInputs,
  remembered: Remembered,
  cause: unknown,
): Promise<Error> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const address = formatAddress(zone, id);
  const message = `Instance ${address} was made, but: ${reason} It is kept in the state, and "pulumi up" goes on with it.`;
  try {
    const state = await instanceState(account, inputs, await existing(zone, id), remembered);
    return new PartialCreateError(message, address, state, cause);
  } catch {
    // The API fails even to tell about it; what we know ourselves is enough to find it again.
    const state = {
      ...inputs,
      instanceId: id,
      state: "unknown",
      ...remembered,
      bootSshKeys: [],
      staleSshKeys: [],
      unfinished: true,
    };
    return new PartialCreateError(message, address, state, cause);
  }
}
