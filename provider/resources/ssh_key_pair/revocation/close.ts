import type { HostAccess, Instance, ZoneAccount } from "../../../account";
import {
  ApiError,
  ExoscaleSshError,
  HostKeyChangedError,
  LastKeyError,
  SshLoginRefusedError,
  SshUnreachableError,
  UnknownHostKeyError,
} from "../../../errors";
import { parsePublicKey } from "../../../keys/public_key";
import { distinct, privateHalvesFor } from "../../connection/credentials";
import type { Context } from "../../contract/resource";
import { beforeAdding, beforeRemoving, heldKeyLabel, isTakenOff, onceClosed } from "../../instance/key_labels";
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

async function takeOff(
  { last, successor, context, publicKeyOpenssh }: Revocation,
  { holder, zone }: Present,
  access: HostAccess,
  owner: string,
): Promise<void> {
  const { account, log } = context;
  const host = digestOfPin(access.knownHostKeys?.[0] ?? "");
  const next = successor?.publicKeyOpenssh === undefined ? undefined : parsePublicKey(successor.publicKeyOpenssh);
  await relabel(zone, holder.id, (before) => ({
    ...(next && beforeAdding(next)),
    ...beforeRemoving(before, fingerprintsOf(last), host),
  }));
  const report = await account.ssh.changeKeys(access, {
    user: owner,
    alsoFrom: ["root"],
    // Whoever lists a key need not have it: it may have been taken off by hand.
    ...(next && { add: [{ key: next, comment: next.comment }], onlyInPlaceOf: true }),
    remove: [{ publicKeyOpenssh }],
    allowLockout: last.allowLockout,
    endSessions: last.terminateSessions === true,
  });
  await relabel(zone, holder.id, () => ({
    ...(next && !report.tookPlace && { [heldKeyLabel(next.fingerprintSha256)]: undefined }),
    ...labelsOnceClosed(last, host),
  }));
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
