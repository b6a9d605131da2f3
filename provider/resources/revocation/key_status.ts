import type { Account, Examination, HostAccess, KeyStatus } from "../../account";
import { ExoscaleSshError } from "../../errors";
import { isTakenOff } from "../labels/key_labels";
import { type Labels, sha256InHex } from "../labels/reserved_labels";
import { holderAccess, holderUser } from "./holder_access";
import { type Holder, holdersAtOnce } from "./holders";
import { mapConcurrently } from "./map_concurrently";
import { credentialsFor, type HolderCredentials, type RevocableKey } from "./revocable_key";

/** Whether a holder is open to a key; a pool, which gives the key to its future members, is unknown. */
export interface HolderStatus {
  readonly holder: Holder;
  readonly status: KeyStatus;
  readonly reason: string;
}

/**
 * Finds out whether each holder is open to a key, sixteen at once: by reading the files and asking sshd where something
 * logs in that is not the key itself, else by asking alone. Changes nothing.
 *
 * @param withinMs for all of it; what has not answered by then is unknown
 */
export async function findKeyStatuses(
  key: RevocableKey,
  holders: readonly Holder[],
  account: Account,
  withinMs: number,
): Promise<HolderStatus[]> {
  const credentials = credentialsFor(account, key);
  const deadline = Date.now() + withinMs;
  return await mapConcurrently(holdersAtOnce, holders, async (holder) => ({
    holder,
    ...(await findStatus(key, holder, credentials, account, deadline)),
  }));
}

type Status = Omit<HolderStatus, "holder">;

const unknown = (reason: string): Status => ({ status: "unknown", reason });
const noTime = unknown("there was no time left to ask it");

async function findStatus(
  key: RevocableKey,
  holder: Holder,
  credentials: HolderCredentials,
  account: Account,
  deadline: number,
): Promise<Status> {
  if (holder.kind === "instance-pool") return unknown("its future members get the key");
  const left = deadline - Date.now();
  if (left <= 0) return noTime;
  const signal = AbortSignal.timeout(left);
  try {
    return await examine(key, holder, credentials, account, signal);
  } catch (error) {
    if (signal.aborted) return noTime;
    if (error instanceof ExoscaleSshError) return unknown(error.message);
    throw error;
  }
}

async function examine(
  key: RevocableKey,
  holder: Holder,
  credentials: HolderCredentials,
  account: Account,
  signal: AbortSignal,
): Promise<Status> {
  const { publicKeyOpenssh, fingerprintMd5 } = key;
  if (publicKeyOpenssh === undefined) return unknown("the public key is not in the state");
  const instance = await (await account.zone(holder.zone)).instances.find(holder.id);
  if (!instance) return { status: "closed", reason: "it is gone" };
  const way = await holderAccess(account, holder, instance, key, credentials.others);
  if ("what" in way) return unknown(`it ${way.what}`);
  const owner = (await holderUser(account, holder)) ?? way.target.user;
  const access = { ...way, signal };
  return await examineHolder({ account, access, owner, publicKeyOpenssh, fingerprintMd5, labels: instance.labels });
}

/** A key on a holder that can be spoken to. */
export interface KeyOnHolder {
  readonly account: Account;
  readonly access: HostAccess;
  /** To whom cloud-init gave the key. */
  readonly owner: string;
  readonly publicKeyOpenssh: string;
  readonly fingerprintMd5: string;
  readonly labels: Labels | undefined;
}

/**
 * Finds out whether a holder is open to a key, from its files where something logs in, and from sshd.
 *
 * Where nothing logs in any more, because the key itself would have, a label tells that it was taken off the machine with
 * this very host key, by this run or one before; that sshd refuses it now, for its owner and for root, is then enough.
 */
export async function examineHolder(key: KeyOnHolder): Promise<Examination> {
  const { account, access, owner, publicKeyOpenssh, fingerprintMd5, labels } = key;
  const found = await account.ssh.examineKey(access, { user: owner, alsoIn: ["root"], publicKeyOpenssh });
  const host = found.hostKey && sha256InHex(found.hostKey.fingerprintSha256);
  if (found.status !== "refused" || !isTakenOff(labels, fingerprintMd5, host)) return found;
  for (const user of new Set([owner, "root"])) {
    const answer = await account.ssh.probe({ ...access.target, user }, publicKeyOpenssh, probeOptions(access));
    if (answer.accepts === "yes") return { ...found, status: "open", reason: answer.reason };
    if (answer.accepts !== "no" || !answer.hostKeyKnown) return { ...found, reason: answer.reason };
  }
  return { ...found, status: "closed", reason: "It was taken off this machine, and sshd refuses it." };
}

function probeOptions({ knownHostKeys = [], credentials, bastion, timeoutMs = 10_000, signal }: HostAccess) {
  return { knownHostKeys, timeoutMs, ...(bastion && { bastion, credentials }), ...(signal && { signal }) };
}
