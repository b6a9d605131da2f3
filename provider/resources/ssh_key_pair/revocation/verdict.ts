import type { Account, Examination, HostAccess } from "../../../account";
import { isTakenOff } from "../../instance/key_labels";
import { type Labels, sha256InHex } from "../../instance/reserved_labels";

/** A key on a holder that can be spoken to. */
export interface Asked {
  readonly account: Account;
  readonly access: HostAccess;
  /** To whom cloud-init gave the key. */
  readonly owner: string;
  readonly publicKeyOpenssh: string;
  readonly fingerprintMd5: string;
  readonly labels: Labels | undefined;
}

/**
 * How a key stands with a holder, from its files where something logs in, and from sshd.
 *
 * Where nothing logs in any more, because the key itself would have, a label tells that it was taken off the machine with
 * this very host key, by this run or one before; that sshd refuses it now, for its owner and for root, is then enough.
 */
export async function verdict(asked: Asked): Promise<Examination> {
  const { account, access, owner, publicKeyOpenssh, fingerprintMd5, labels } = asked;
  const found = await account.ssh.examineKey(access, { user: owner, alsoIn: ["root"], publicKeyOpenssh });
  const host = found.hostKey && sha256InHex(found.hostKey.fingerprintSha256);
  if (found.standing !== "refused" || !isTakenOff(labels, fingerprintMd5, host)) return found;
  for (const user of new Set([owner, "root"])) {
    const answer = await account.ssh.probe({ ...access.target, user }, publicKeyOpenssh, probing(access));
    if (answer.accepts === "yes") return { ...found, standing: "open", reason: answer.reason };
    if (answer.accepts !== "no" || !answer.hostKeyKnown) return { ...found, reason: answer.reason };
  }
  return { ...found, standing: "closed", reason: "It was taken off this machine, and sshd refuses it." };
}

function probing({ knownHostKeys = [], credentials, bastion, timeoutMs = 10_000, signal }: HostAccess) {
  return { knownHostKeys, timeoutMs, ...(bastion && { bastion, credentials }), ...(signal && { signal }) };
}
