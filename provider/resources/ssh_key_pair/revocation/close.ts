import type { HostAccess, Instance, KeyChangeReport, ZoneAccount } from "../../../account";
import {
  ApiError,
  ExoscaleSshError,
  HostKeyChangedError,
  KeysNotPutBackError,
  LastKeyError,
  SshLoginRefusedError,
  SshUnreachableError,
  UnknownHostKeyError,
} from "../../../errors";
import { parsePublicKey } from "../../../keys/public_key";
import { distinct, privateHalvesFor } from "../../connection/credentials";
import type { Context, Log } from "../../contract/resource";
import {
  beforeAdding,
  beforeRemoving,
  closedKeyLabel,
  heldKeyLabel,
  isTakenOff,
  onceClosed,
} from "../../instance/key_labels";
import { isGone } from "../../instance/lifecycle";
import { relabel } from "../../instance/relabel";
import { digestOfPin, hostKeyLabel, sha256InHex } from "../../instance/reserved_labels";
import type { SshKeyPairState } from "../fields";
import { describeHolder, type Holder } from "../holders";
import type { Unclosed } from "./table";
import { verdict } from "./verdict";
import { defaultUserOf, type Keys, type NoWay, wayInto } from "./way_in";

/** A key that is being revoked. */
export interface Revocation {
  readonly last: SshKeyPairState;
  readonly publicKeyOpenssh: string;
  /** What takes its place on machines that nobody else looks after. */
  readonly successor: SshKeyPairState | undefined;
  readonly keys: Keys;
  readonly context: Context;
}

/** A holder that is there. */
interface Present {
  readonly holder: Holder;
  readonly zone: ZoneAccount;
  readonly instance: Instance;
}

/**
 * Takes the key off one instance, and proves it. A label says so before and after: whoever asks later, this run's
 * repetition included, knows that it was done though the key, which would have logged in, does not any more.
 *
 * @returns why it is not closed; undefined when it is
 */
export async function closeOn(revocation: Revocation, holder: Holder): Promise<Unclosed | undefined> {
  const { account } = revocation.context;
  try {
    const zone = await account.zone(holder.zone);
    const instance = await zone.instances.find(holder.id);
    if (!instance || isGone(instance.state)) return undefined;
    return await closed(revocation, { holder, zone, instance });
  } catch (error) {
    if (error instanceof ExoscaleSshError) return { holder, what: error.message, todo: remedy(error) };
    throw error;
  }
}

async function closed(revocation: Revocation, present: Present): Promise<Unclosed | undefined> {
  const { last, keys, context } = revocation;
  const { holder, instance } = present;
  const { account } = context;
  const others = distinct([...keys.others, ...privateHalvesFor(account, instance.labels)]);
  const way = await wayInto(account, holder, instance, last, [...(keys.own ? [keys.own] : []), ...others]);
  if ("what" in way) return { holder, ...way };
  const owner = (await defaultUserOf(account, holder)) ?? way.target.user;
  const access = await pinned(present, way, context);
  const found = await doneBefore(revocation, present, { ...access, credentials: others }, owner);
  if (found === "closed") return undefined;
  if (found) return { holder, ...found };
  if (access.credentials.length === 0) return { holder, ...nothingToLogInWith(last) };
  await takeOff(revocation, present, access, owner);
  return undefined;
}

/**
 * What came of it where a label says that the key was taken off already; undefined where it is to be taken off.
 *
 * @param access without the key itself, which a host that it is off may only refuse
 */
async function doneBefore(
  { last, context, publicKeyOpenssh }: Revocation,
  { holder, zone, instance: { labels } }: Present,
  access: HostAccess,
  owner: string,
): Promise<"closed" | NoWay | undefined> {
  const { account } = context;
  const { publicKeyFingerprintMd5: fingerprintMd5 } = last;
  const host = digestOfPin(access.knownHostKeys?.[0] ?? "");
  if (!isTakenOff(labels, fingerprintMd5, host)) return undefined;
  const found = await verdict({ account, access, owner, publicKeyOpenssh, fingerprintMd5, labels });
  if (found.standing === "unknown") return { what: found.reason, todo: "make it reachable from here, or delete it" };
  if (found.standing !== "closed") return undefined;
  await relabel(zone, holder.id, () => labelsOnceClosed(last, host));
  return "closed";
}

/** With leave to take new host keys, the one that the machine shows is recorded before anything is done there. */
async function pinned({ zone, holder }: Present, way: HostAccess, { account }: Context): Promise<HostAccess> {
  if (!way.acceptNew) return way;
  const { hostKey } = await account.ssh.listKeys(way, way.target.user);
  await relabel(zone, holder.id, () => ({ [hostKeyLabel]: sha256InHex(hostKey.fingerprintSha256) }));
  return { ...way, acceptNew: false, knownHostKeys: [`${hostKey.type} ${hostKey.base64}`] };
}

async function takeOff(revocation: Revocation, present: Present, access: HostAccess, owner: string): Promise<void> {
  const { last, context, publicKeyOpenssh } = revocation;
  const { holder, zone } = present;
  const host = digestOfPin(access.knownHostKeys?.[0] ?? "");
  const next = await announced(revocation, present);
  try {
    const report = await context.account.ssh.changeKeys(access, {
      user: owner,
      alsoFrom: ["root"],
      // Whoever lists a key need not have it: it may have been taken off by hand.
      ...(next && { add: [{ key: next.key, comment: next.key.comment }], onlyInPlaceOf: true }),
      remove: [{ publicKeyOpenssh }],
      allowLockout: last.allowLockout,
      endSessions: last.terminateSessions === true,
      // Once it is off, the key that logged in does not any more: a repeat has to know that it was it who did.
      beforeOwnRemoval: () => relabel(zone, holder.id, (before) => beforeRemoving(before, fingerprintsOf(last), host)),
    });
    const unused = next && !next.wasHeld && !report.tookPlace ? heldKeyLabel(next.key.fingerprintSha256) : undefined;
    await relabel(zone, holder.id, () => ({ ...(unused && { [unused]: undefined }), ...labelsOnceClosed(last, host) }));
    tell(context.log, last, holder, owner, report);
  } catch (error) {
    await withdrawn(error, revocation, present);
    throw error;
  }
}

/** Says in a label that the successor is about to be there. It may be there already, put by its Instance. */
async function announced({ successor }: Revocation, { holder, zone }: Present) {
  if (successor?.publicKeyOpenssh === undefined) return undefined;
  const key = parsePublicKey(successor.publicKeyOpenssh);
  const label = heldKeyLabel(key.fingerprintSha256);
  let wasHeld = false;
  await relabel(zone, holder.id, (before) => {
    wasHeld = label in before;
    return { ...beforeAdding(key), ...(wasHeld && { [label]: before[label] }) };
  });
  return { key, wasHeld };
}

/**
 * A change that failed has left the key, or put it back: a label that it was on its way off would be a lie. Where that
 * cannot be said, as it could not be put back or labels themselves failed, the key may be off, and the label stays.
 */
async function withdrawn(error: unknown, { last }: Revocation, { holder, zone }: Present): Promise<void> {
  if (error instanceof ApiError || error instanceof KeysNotPutBackError) return;
  const label = closedKeyLabel(last.publicKeyFingerprintMd5);
  await relabel(zone, holder.id, () => ({ [label]: undefined })).catch(() => undefined);
}

function tell(log: Log, last: SshKeyPairState, holder: Holder, owner: string, report: KeyChangeReport): void {
  for (const note of report.notes) log.warn(`${describeHolder(holder)}: ${note}`);
  const ended = report.endedSessions > 0 ? ` ${report.endedSessions} sessions of ${owner} were ended.` : "";
  log.info(`SSH key "${last.name}" is closed on ${describeHolder(holder)}.${ended}`);
}

function fingerprintsOf({ publicKeyFingerprintMd5, publicKeyFingerprintSha256 }: SshKeyPairState) {
  return { fingerprintMd5: publicKeyFingerprintMd5, fingerprintSha256: publicKeyFingerprintSha256 };
}

function labelsOnceClosed(last: SshKeyPairState, host: string) {
  return { ...onceClosed(fingerprintsOf(last), host), [hostKeyLabel]: host };
}

/** Nothing is sent to a host that could only refuse: that would look like guessing, and prove nothing. */
function nothingToLogInWith({ privateKeyFile, publicKey }: SshKeyPairState): Pick<Unclosed, "what" | "todo"> {
  if (privateKeyFile !== undefined) {
    const what = `"${privateKeyFile}" on this machine does not hold the private key of the pair, which would log in`;
    return { what, todo: "run Pulumi where the file is, or give a connection that logs in" };
  }
  const why = publicKey === undefined ? "the state has no private key of the pair" : "only the public key was imported";
  return { what: `nothing is there to log in with: ${why}`, todo: "give a connection, or start an ssh-agent" };
}

function remedy(error: ExoscaleSshError): string {
  if (error instanceof UnknownHostKeyError) {
    return "set waitForSsh: true on its Instance and run pulumi up, or give connection.hostKey or connection.acceptNewHostKeys";
  }
  if (error instanceof SshLoginRefusedError) {
    return "give a connection that logs in: a refusal alone is no proof that the key is gone";
  }
  if (error instanceof HostKeyChangedError) return "if the machine was reinstalled, give its new connection.hostKey";
  if (error instanceof SshUnreachableError) return "make it reachable from here, or delete it";
  if (error instanceof ApiError) return "run Pulumi again once Exoscale permits it";
  return error instanceof LastKeyError ? "" : "mend that";
}
