import type { Account } from "../../account";
import { holderUser } from "./holder_access";
import { type Holder, MAX_CONCURRENT_HOLDERS } from "./holders";
import { mapConcurrently } from "./map_concurrently";

/** A holder that was asked whether it accepts the key. */
export interface ProbedHolder extends Holder {
  /** `yes` and `no` are the host's own answers; `unknown` is anything else, with the reason. */
  readonly accepts: "yes" | "no" | "unknown";
  readonly reason: string;
}

/**
 * Asks every holder whether it accepts the key (RFC 4252 section 7), at most 16 at once.
 *
 * @param withinMs for all holders together; a holder that has not answered within this time is `unknown`
 */
export async function probeHolders(
  account: Account,
  holders: readonly Holder[],
  publicKeyOpenssh: string,
  withinMs: number,
): Promise<ProbedHolder[]> {
  const deadline = Date.now() + withinMs;
  return await mapConcurrently(MAX_CONCURRENT_HOLDERS, holders, (holder) =>
    probeHolder(account, holder, publicKeyOpenssh, deadline),
  );
}

async function probeHolder(account: Account, holder: Holder, publicKey: string, deadline: number) {
  const unknown = (reason: string): ProbedHolder => ({ ...holder, accepts: "unknown", reason });
  if (holder.kind === "instance-pool")
    return unknown("its future members get the key; its present ones are listed by themselves");
  if (holder.state !== "running") return unknown(`it is ${holder.state ?? "in an unknown state"}`);
  if (!holder.publicIp) return unknown("it has no public address");
  const user = await holderUser(account, holder);
  if (!user) return unknown("its template is gone, so the user to log in as is not known");
  const target = { host: holder.publicIp, port: account.sshPort, user };
  const timeoutMs = Math.max(1, deadline - Date.now());
  const { accepts, reason } = await account.ssh.probe(target, publicKey, { timeoutMs });
  return { ...holder, accepts, reason };
}
