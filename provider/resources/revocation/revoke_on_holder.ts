import type { Credential, HostAccess, Instance, KeyChangeReport, ZoneAccount } from "../../account";
import {
  ApiError,
  ExoscaleSshError,
  HostKeyChangedError,
  KeysNotPutBackError,
  SshLoginRefusedError,
  SshUnreachableError,
  UnknownHostKeyError,
} from "../../errors";
import { parsePublicKey } from "../../keys/public_key";
import { distinct, privateHalvesFor } from "../access/credentials";
import { hostKeyText } from "../access/host_keys";
import type { Context, Log } from "../contract/resource";
import { changeLabels } from "../labels/change_labels";
import {
  closedKeyLabel,
  heldKeyLabel,
  isTakenOff,
  labelsBeforeAdding,
  labelsBeforeRemoving,
  labelsOnceClosed,
} from "../labels/key_labels";
import { digestOfPin, HOST_KEY_LABEL, sha256InHex } from "../labels/reserved_labels";
import { isGone } from "../machine";
import { explainSilence } from "../open_port";
import { holderAccess, holderUser } from "./holder_access";
import { describeHolder, type Holder } from "./holders";
import { examineHolder } from "./key_status";
import type { HolderCredentials, RevocableKey } from "./revocable_key";
import type { Obstacle, Unclosed } from "./table";

/** A key that is being revoked. */
export interface Revocation {
  readonly key: RevocableKey;
  readonly publicKeyOpenssh: string;
  /** The credentials that log in to its holders. */
  readonly credentials: HolderCredentials;
  readonly context: Context;
}

/** A holder that exists. */
interface Present {
  readonly holder: Holder;
  readonly zone: ZoneAccount;
  readonly instance: Instance;
}

/**
 * Removes the key from one instance, and proves it. A label records the removal before and after it. A later run, or a
 * repetition in this one, then knows that the key was removed, although the key can no longer log in to check.
 *
 * @returns why the instance is not closed; undefined if it is
 */
export async function revokeOnHolder(revocation: Revocation, holder: Holder): Promise<Unclosed | undefined> {
  const { account } = revocation.context;
  try {
    const zone = await account.zone(holder.zone);
    const instance = await zone.instances.find(holder.id);
    if (!instance || isGone(instance.state)) return undefined;
    const obstacle = await closeInstance(revocation, { holder, zone, instance });
    return obstacle && { holder, ...obstacle };
  } catch (error) {
    if (error instanceof ExoscaleSshError) return { holder, what: error.message, todo: remedyFor(error) };
    throw error;
  }
}

async function closeInstance(revocation: Revocation, present: Present): Promise<Obstacle | undefined> {
  const { key, credentials, context } = revocation;
  const { holder, instance } = present;
  const { account, run } = context;
  const others = distinct([...credentials.others, ...privateHalvesFor(run, instance.labels)]);
  const all = [...(credentials.own ? [credentials.own] : []), ...others];
  const found = await holderAccess(account, holder, instance, key, all);
  if ("what" in found) return found;
  try {
    return await closeWithAccess(revocation, present, found, others);
  } catch (error) {
    throw await explainSilence(error, account, instance, found);
  }
}

async function closeWithAccess(
  revocation: Revocation,
  present: Present,
  found: HostAccess,
  others: readonly Credential[],
): Promise<Obstacle | undefined> {
  const { key, context } = revocation;
  const owner = (await holderUser(context.account, present.holder)) ?? found.target.user;
  const access = await recordNewHostKey(present, found, context);
  const earlier = await confirmEarlierRemoval(revocation, present, { ...access, credentials: others }, owner);
  if (earlier === "closed") return undefined;
  if (earlier) return earlier;
  // A host that could only refuse is not contacted: the attempt would look like guessing, and prove nothing.
  if (access.credentials.length === 0 && "what" in key.credential) return key.credential;
  await removeKey(revocation, present, access, owner);
  return undefined;
}

/**
 * Proves that the key is removed, if a label says that an earlier attempt removed it. The label then says closed.
 *
 * @param access without the key itself, which the host can only refuse after the removal
 * @returns undefined if no label says so, or if the key is back: it has to be removed
 */
async function confirmEarlierRemoval(
  { key, context, publicKeyOpenssh }: Revocation,
  { holder, zone, instance }: Present,
  access: HostAccess,
  owner: string,
): Promise<"closed" | Obstacle | undefined> {
  const { account } = context;
  const { fingerprintMd5 } = key;
  const host = digestOfPin(access.knownHostKeys?.[0] ?? "");
  if (!isTakenOff(instance.labels, fingerprintMd5, host)) return undefined;
  const found = await examineHolder({ account, access, owner, publicKeyOpenssh, fingerprintMd5, instance });
  if (found.status === "unknown") return { what: found.reason, todo: "make it reachable from here, or delete it" };
  if (found.status !== "closed") return undefined;
  await changeLabels(zone, holder.id, () => closedLabels(key, host));
  return "closed";
}

/** Records the host key that the machine shows, if new host keys may be trusted, before anything is done there. */
async function recordNewHostKey(
  { zone, holder }: Present,
  access: HostAccess,
  { account }: Context,
): Promise<HostAccess> {
  if (!access.acceptNew) return access;
  const { hostKey } = await account.ssh.listKeys(access, access.target.user);
  await changeLabels(zone, holder.id, () => ({ [HOST_KEY_LABEL]: sha256InHex(hostKey.fingerprintSha256) }));
  return { ...access, acceptNew: false, knownHostKeys: [hostKeyText(hostKey)] };
}

async function removeKey(revocation: Revocation, present: Present, access: HostAccess, owner: string): Promise<void> {
  const { key, context, publicKeyOpenssh } = revocation;
  const { holder, zone } = present;
  const host = digestOfPin(access.knownHostKeys?.[0] ?? "");
  const next = await announceSuccessor(key, present);
  try {
    const report = await context.account.ssh.changeKeys(access, {
      user: owner,
      alsoFrom: ["root"],
      // The API lists a key even if it was removed manually.
      ...(next && { add: [{ key: next.key, comment: next.key.comment }], onlyInPlaceOf: true }),
      remove: [{ publicKeyOpenssh }],
      allowLockout: key.allowLockout,
      endSessions: key.endSessions,
      // After its removal the key can no longer log in, so a repetition has to know from a label that it was removed.
      beforeOwnRemoval: () => changeLabels(zone, holder.id, (before) => labelsBeforeRemoving(before, key, host)),
    });
    const unused = next && !next.wasHeld && !report.tookPlace ? heldKeyLabel(next.key.fingerprintSha256) : undefined;
    await changeLabels(zone, holder.id, () => ({ ...(unused && { [unused]: undefined }), ...closedLabels(key, host) }));
    logReport(context.log, key.name, holder, owner, report);
  } catch (error) {
    await withdrawClosingLabel(error, key, present);
    throw error;
  }
}

/** Records in a label that the successor is about to be added. Its Instance may have added it already. */
async function announceSuccessor({ successor }: RevocableKey, { holder, zone }: Present) {
  if (successor?.publicKeyOpenssh === undefined) return undefined;
  const key = parsePublicKey(successor.publicKeyOpenssh);
  const label = heldKeyLabel(key.fingerprintSha256);
  let wasHeld = false;
  await changeLabels(zone, holder.id, (before) => {
    wasHeld = label in before;
    return { ...labelsBeforeAdding(key), ...(wasHeld && { [label]: before[label] }) };
  });
  return { key, wasHeld };
}

/**
 * Removes the label that says the key is being closed: a failed change has left the key, or put it back. The label
 * stays if the key may be gone, because it could not be put back or because the change of labels failed.
 */
async function withdrawClosingLabel(error: unknown, key: RevocableKey, { holder, zone }: Present): Promise<void> {
  if (error instanceof ApiError || error instanceof KeysNotPutBackError) return;
  const label = closedKeyLabel(key.fingerprintMd5);
  await changeLabels(zone, holder.id, () => ({ [label]: undefined })).catch(() => undefined);
}

function logReport(log: Log, name: string, holder: Holder, owner: string, report: KeyChangeReport): void {
  for (const note of report.notes) log.warn(`${describeHolder(holder)}: ${note}`);
  const ended = report.endedSessions > 0 ? ` ${report.endedSessions} sessions of ${owner} were ended.` : "";
  log.info(`SSH key "${name}" is closed on ${describeHolder(holder)}.${ended}`);
}

function closedLabels(key: RevocableKey, host: string) {
  return { ...labelsOnceClosed(key, host), [HOST_KEY_LABEL]: host };
}

/** What to do about an error whose message does not say it. */
function remedyFor(error: ExoscaleSshError): string {
  if (error instanceof UnknownHostKeyError) {
    return "set waitForSsh: true on its Instance and run pulumi up, or give connection.hostKey or connection.acceptNewHostKeys";
  }
  if (error instanceof SshLoginRefusedError) {
    return "give a connection that logs in: a refusal alone is no proof that the key is gone";
  }
  if (error instanceof HostKeyChangedError) return "if the machine was reinstalled, give its new connection.hostKey";
  if (error instanceof SshUnreachableError) return "make it reachable from here, or delete it";
  return error instanceof ApiError ? 'run "pulumi up" again when Exoscale permits it' : "";
}
