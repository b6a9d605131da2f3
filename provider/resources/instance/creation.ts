import { createHash, randomBytes } from "node:crypto";
import type { Account, Instance, ZoneAccount } from "../../account";
import { AbandonedError, NotInAccountError, PartialCreateError } from "../../errors";
import type { Context, Created, Log } from "../contract/resource";
import { formatAddress } from "./address";
import type { InstanceInputs, InstanceState } from "./fields";
import { keysOfFirstBoot } from "./keys";
import { type CreationRequest, creationRequest, isAsRequested, unfinished } from "./request";
import { creatingLabel, hostKeyLabel, type Labels, ownerLabel, reservedLabels } from "./reserved_labels";
import { instanceState, loginUser, present, type Remembered, sshTarget } from "./state";

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
  const heldKeys = keysOfFirstBoot(inputs.sshKeys, await account.sshKeys.list());
  const remembered = { heldKeys, owner: randomBytes(8).toString("hex") };
  const request = await creationRequest(account, zone, inputs, remembered);
  const deadline = deadlineOf(inputs, "create");
  let id = await takeOver(account, zone, request, log);
  try {
    if (id !== undefined) await startOrStop(zone, id, inputs, deadline);
    id ??= await make(zone, request, deadline, (accepted) => {
      account.madeInThisRun.add(accepted);
      id = accepted;
    });
    return {
      id: formatAddress(zone, id),
      state: await finishCreation(context, zone, id, inputs, remembered, deadline),
    };
  } catch (error) {
    if (id === undefined) throw error;
    throw await partial(account, zone, id, inputs, remembered, error);
  }
}

/**
 * Takes over what an interrupted run has left. From the first step it is ours alone: the state of a resource that is
 * being replaced by this one may name it too, and must not delete it.
 */
async function takeOver(
  account: Account,
  zone: ZoneAccount,
  request: CreationRequest,
  log: Log,
): Promise<string | undefined> {
  const left = (await unfinished(zone, request)).filter(({ id }) => !account.madeInThisRun.has(id));
  const adopted = left.find((instance) => isAsRequested(instance, request));
  for (const { id, name } of left.filter((instance) => instance !== adopted)) {
    log.warn(
      `Instance "${name}" (${id}) in ${zone.name} was left unfinished and is not what the program asks for now. If ` +
        `Pulumi does not delete it in this run, do: exo compute instance delete --zone ${zone.name} ${id}`,
    );
  }
  if (!adopted) return undefined;
  log.info(`Instance "${adopted.name}" (${adopted.id}) was left unfinished by an interrupted run: going on with it.`);
  await zone.instances.update(adopted.id, { labels: { ...adopted.labels, ...reservedLabels(request.labels) } });
  account.madeInThisRun.add(adopted.id);
  return adopted.id;
}

async function make(
  zone: ZoneAccount,
  request: CreationRequest,
  deadline: number,
  accepted: (id: string) => void,
): Promise<string> {
  const owner = request.labels[ownerLabel];
  const findCreated = async () =>
    (await unfinished(zone, request)).find(({ labels }) => labels?.[ownerLabel] === owner)?.id;
  return await zone.instances.create(request, { accepted, findCreated, deadline });
}

/**
 * What follows once the instance is up: sshd if it is to be waited for, then the mark is cleared. Safe to repeat.
 *
 * @throws NotInAccountError when the instance vanished meanwhile
 * @throws AbandonedError when no state will have it, with the mark left for the run that looks for it
 */
export async function finishCreation(
  { account, abandoned }: Context,
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
  const labels = {
    ...inputs.labels,
    ...withoutMark(reservedLabels(instance.labels)),
    // An adoption may have been cut short before its state was saved; the state that goes on is the owner.
    ...(remembered.owner !== undefined && { [ownerLabel]: remembered.owner }),
    ...(hostKeys?.[0] !== undefined && { [hostKeyLabel]: hostKeyDigest(hostKeys[0]) }),
  };
  if (await abandoned?.()) throw new AbandonedError(`Pulumi ended while instance ${id} was being made.`);
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

/** SHA256 of a host key that is written `type base64`, in hexadecimal. */
function hostKeyDigest(hostKey: string): string {
  const blob = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  return createHash("sha256").update(blob).digest("hex");
}

async function firstHostKeys(account: Account, inputs: InstanceInputs, instance: Instance, deadline: number) {
  const { hostKey, privateKey, bastion } = inputs.connection ?? {};
  const user = (await loginUser(account, inputs, instance)) ?? "root";
  const target = sshTarget(account, inputs, instance, user);
  if (!target) return undefined;
  const timeoutMs = Math.max(1, deadline - Date.now());
  const key = await account.ssh.waitForSsh(target, {
    timeoutMs,
    ...(hostKey !== undefined && { knownHostKeys: [hostKey] }),
    ...(privateKey !== undefined && { credentials: [{ privateKey }] }),
    ...(bastion && { bastion: present({ ...bastion, port: bastion.port ?? 22, user: bastion.user ?? user }) }),
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
