import type { Account, Instance, KeyChangeReport, ZoneAccount } from "../../../account";
import {
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
import { isGone } from "../../instance/lifecycle";
import { relabel } from "../../instance/relabel";
import {
  closedKeyLabel,
  heldKeyEntry,
  heldKeyLabel,
  heldKeyMd5Label,
  hostKeyLabel,
  isClosed,
  sha256InHex,
} from "../../instance/reserved_labels";
import type { SshKeyPairState } from "../fields";
import { describeHolder, type Holder } from "../holders";
import type { Unclosed } from "./table";
import { defaultUserOf, type Keys, wayInto } from "./way_in";

/** A key that is being revoked. */
export interface Revocation {
  readonly last: SshKeyPairState;
  readonly publicKeyOpenssh: string;
  /** What takes its place on machines that nobody else looks after. */
  readonly successor: SshKeyPairState | undefined;
  readonly keys: Keys;
  readonly context: Context;
}

/**
 * Takes the key off one instance, proves it, and says so in a label: whoever asks later, this run's repetition included,
 * finds it done though the key, which would have logged in, does not any more.
 *
 * @returns why it is not closed; undefined when it is
 */
export async function closeOn(revocation: Revocation, holder: Holder): Promise<Unclosed | undefined> {
  const { context } = revocation;
  const zone = await context.account.zone(holder.zone);
  const instance = await zone.instances.find(holder.id);
  if (!instance || isGone(instance.state)) return undefined;
  try {
    return await closed(revocation, holder, zone, instance);
  } catch (error) {
    if (error instanceof ExoscaleSshError) return { holder, what: error.message, todo: remedy(error) };
    throw error;
  }
}

async function closed(
  revocation: Revocation,
  holder: Holder,
  zone: ZoneAccount,
  instance: Instance,
): Promise<Unclosed | undefined> {
  const { last, keys, context, publicKeyOpenssh, successor } = revocation;
  const { account, log } = context;
  const proven = isClosed(instance.labels, last.publicKeyFingerprintMd5);
  const met = privateHalvesFor(account, instance.labels);
  const credentials = distinct([...(keys.own ? [keys.own] : []), ...keys.others, ...met]);
  if (!proven && credentials.length === 0) return { holder, ...nothingToLogInWith(last) };
  const access = await wayInto(account, holder, instance, last, credentials);
  if ("what" in access) return proven ? undefined : { holder, ...access };
  if (proven) {
    const answer = await account.ssh.probe(access.target, publicKeyOpenssh, probing(access));
    // It was proven; only a host that says otherwise now makes it untrue.
    if (answer.accepts !== "yes") return undefined;
  }
  const user = (await defaultUserOf(account, holder)) ?? access.target.user;
  const next = successor?.publicKeyOpenssh === undefined ? undefined : parsePublicKey(successor.publicKeyOpenssh);
  if (next) await relabel(zone, holder.id, Object.fromEntries([heldKeyEntry(next)]));
  const report = await account.ssh.changeKeys(access, {
    user,
    alsoFrom: ["root"],
    ...(next && { add: [{ key: next, comment: next.comment }] }),
    remove: [{ publicKeyOpenssh }],
    allowLockout: last.allowLockout,
    endSessions: last.terminateSessions === true,
  });
  await relabel(zone, holder.id, labelsAfter(last, report));
  for (const note of report.notes) log.warn(`${describeHolder(holder)}: ${note}`);
  const ended = report.endedSessions > 0 ? ` ${report.endedSessions} sessions of ${user} were ended.` : "";
  log.info(`SSH key "${last.name}" is closed on ${describeHolder(holder)}.${ended}`);
  return undefined;
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

function probing({
  knownHostKeys = [],
  credentials,
  bastion,
  timeoutMs = 10_000,
}: Parameters<Account["ssh"]["changeKeys"]>[0]) {
  return { knownHostKeys, credentials, timeoutMs, ...(bastion && { bastion }) };
}

function labelsAfter(last: SshKeyPairState, { hostKey }: KeyChangeReport) {
  const host = sha256InHex(hostKey.fingerprintSha256);
  const { publicKeyFingerprintMd5: md5, publicKeyFingerprintSha256: sha256 } = last;
  return {
    ...(sha256 !== undefined && { [heldKeyLabel(sha256)]: undefined }),
    [heldKeyMd5Label(md5)]: undefined,
    [closedKeyLabel(md5)]: host,
    [hostKeyLabel]: host,
  };
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
  return error instanceof LastKeyError ? "" : "mend that";
}
