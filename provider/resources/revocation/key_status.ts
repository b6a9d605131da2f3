import type { Account, Examination, HostAccess, Instance, KeyStatus } from "../../account";
import { withDeadline } from "../../deadline";
import { ExoscaleSshError } from "../../errors";
import { isTakenOff } from "../labels/key_labels";
import { sha256InHex } from "../labels/reserved_labels";
import { whySilent, withGroups } from "../open_port";
import { holderAccess, holderUser } from "./holder_access";
import { guardOf, HOLDER_PATIENCE_MS, type Holder, MAX_CONCURRENT_HOLDERS } from "./holders";
import { mapConcurrently } from "./map_concurrently";
import { credentialsFor, type HolderCredentials, type RevocableKey } from "./revocable_key";

/** Whether a holder is open to a key. Unknown for a pool, which gives the key to its future members. */
export interface HolderStatus {
  readonly holder: Holder;
  readonly status: KeyStatus;
  readonly reason: string;
  /** Whether the instance no longer exists, which closes it. Default false. */
  readonly isGone?: boolean;
}

/**
 * Finds out whether each holder is open to a key, sixteen at once and more where hosts are silent. Reads the files and
 * asks sshd if another key can log in; otherwise only asks sshd. Changes nothing.
 *
 * @param withinMs for all holders together; a holder that has not answered within this time is unknown
 */
export async function findKeyStatuses(
  key: RevocableKey,
  holders: readonly Holder[],
  account: Account,
  withinMs: number,
): Promise<HolderStatus[]> {
  const credentials = credentialsFor(account, key);
  const deadline = Date.now() + withinMs;
  const statusOf = async (holder: Holder): Promise<HolderStatus> => ({
    holder,
    ...(await findStatus(key, holder, credentials, account, deadline)),
  });
  return await mapConcurrently(MAX_CONCURRENT_HOLDERS, holders, statusOf, { ms: HOLDER_PATIENCE_MS });
}

type Status = Omit<HolderStatus, "holder">;

const unknown = (reason: string): Status => ({ status: "unknown", reason });
const notAsked = unknown("there was no time left to ask it");

async function findStatus(
  key: RevocableKey,
  holder: Holder,
  credentials: HolderCredentials,
  account: Account,
  deadline: number,
): Promise<Status> {
  if (holder.kind === "instance-pool") return unknown("its future members get the key");
  const left = deadline - Date.now();
  if (left <= 0) return notAsked;
  return await withDeadline(left, undefined, async (signal) => {
    try {
      return await examine(key, holder, credentials, account, signal);
    } catch (error) {
      if (signal.aborted) return await explainNoAnswer(key, holder, account);
      if (error instanceof ExoscaleSshError) return unknown(error.message);
      throw error;
    }
  });
}

async function explainNoAnswer({ connection }: RevocableKey, holder: Holder, account: Account): Promise<Status> {
  const target = { host: holder.publicIp ?? "", port: connection?.port ?? account.sshPort };
  const why = connection?.bastion ? undefined : await whySilent(account, guardOf(holder), { target });
  return unknown(why ?? "there was no time left to wait for its answer");
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
  if (!instance) return { status: "closed", reason: "it is gone", isGone: true };
  const found = await holderAccess(account, holder, instance, key, credentials.others);
  if ("what" in found) return unknown(`it ${found.what}`);
  const owner = (await holderUser(account, holder)) ?? found.target.user;
  const access = { ...found, signal };
  return await examineHolder({ account, access, owner, publicKeyOpenssh, fingerprintMd5, instance });
}

/** A key on a holder, and how to log in there. */
export interface KeyOnHolder {
  readonly account: Account;
  readonly access: HostAccess;
  /** The user that got the key from cloud-init. */
  readonly owner: string;
  readonly publicKeyOpenssh: string;
  readonly fingerprintMd5: string;
  readonly instance: Instance;
}

/**
 * Finds out whether a holder is open to a key: from its files, if a credential logs in, and from sshd.
 *
 * Without a login sshd is asked about root as well, who gets the key from cloud-init too.
 *
 * If only the key itself could log in, nothing can after its removal. A label then says that this run or an earlier one
 * removed it from the machine with this host key. In that case it is enough that sshd refuses it, for its owner and for
 * root.
 */
export async function examineHolder(key: KeyOnHolder): Promise<Examination> {
  const { account, access, owner, publicKeyOpenssh, fingerprintMd5, instance } = key;
  const found = await account.ssh.examineKey(access, { user: owner, alsoIn: ["root"], publicKeyOpenssh });
  if (found.status === "unknown" && !found.hostKey) return await explainUnknown(found, key);
  if (found.status !== "refused") return found;
  const host = found.hostKey && sha256InHex(found.hostKey.fingerprintSha256);
  const isRemoved = isTakenOff(instance.labels, fingerprintMd5, host);
  const mayLogIn = access.credentials.length > 0 && (access.knownHostKeys?.length ?? 0) > 0;
  const users = new Set([owner, "root"]);
  // The owner has just refused it. Each further connection without a login may be penalized.
  if (!mayLogIn || !isRemoved) users.delete(owner);
  const notRefused = await askAbout(users, key, found);
  if (notRefused || !isRemoved) return notRefused ?? found;
  return { ...found, status: "closed", reason: "It was removed from this machine, and sshd refuses it." };
}

/** Asks sshd about accounts in turn; undefined if a known host refuses the key for each of them. */
async function askAbout(
  users: Iterable<string>,
  { account, access, publicKeyOpenssh }: KeyOnHolder,
  found: Examination,
): Promise<Examination | undefined> {
  for (const user of users) {
    const answer = await account.ssh.probe({ ...access.target, user }, publicKeyOpenssh, probeOptions(access));
    if (answer.accepts === "yes") return { ...found, status: "open", reason: answer.reason };
    if (answer.accepts === "unknown") return { ...found, status: "unknown", reason: answer.reason };
    if (!answer.hostKeyKnown) return { ...found, reason: answer.reason };
  }
  return undefined;
}

/** The examination of a host that did not answer, with what its security groups say about that. */
async function explainUnknown(found: Examination, { account, access, instance }: KeyOnHolder): Promise<Examination> {
  return { ...found, reason: await withGroups(found.reason, account, instance, access) };
}

function probeOptions({ knownHostKeys = [], credentials, bastion, timeoutMs = 10_000, signal }: HostAccess) {
  return { knownHostKeys, timeoutMs, ...(bastion && { bastion, credentials }), ...(signal && { signal }) };
}
