import type { Account, Standing } from "../../../account";
import { ExoscaleSshError } from "../../../errors";
import type { Context } from "../../contract/resource";
import type { SshKeyPairState } from "../fields";
import { atOnce, type Holder, holdersAtOnce } from "../holders";
import { successorOf } from "./succession";
import { verdict } from "./verdict";
import { defaultUserOf, type Keys, keysFor, wayInto } from "./way_in";

/** How a key stands with one holder; a pool, which gives the key to members of tomorrow, counts as open. */
export interface HolderStanding {
  readonly holder: Holder;
  readonly standing: Standing;
  readonly reason: string;
}

/**
 * Finds out how a key stands with each holder, sixteen at once: where something logs in that is not the key itself, by
 * reading the files and asking sshd; else by asking alone. Changes nothing.
 *
 * @param withinMs for all of it; what has not answered by then is unknown
 */
export async function standingsOf(
  last: SshKeyPairState,
  holders: readonly Holder[],
  context: Pick<Context, "account" | "files">,
  withinMs: number,
): Promise<HolderStanding[]> {
  const keys = await keysFor(last, successorOf(context.account, last), context);
  const deadline = Date.now() + withinMs;
  return await atOnce(holdersAtOnce, holders, async (holder) => ({
    holder,
    ...(await standingOf(last, holder, keys, context, deadline)),
  }));
}

type Told = Omit<HolderStanding, "holder">;

const unknown = (reason: string): Told => ({ standing: "unknown", reason });
const noTime = unknown("there was no time left to ask it");

async function standingOf(
  last: SshKeyPairState,
  holder: Holder,
  keys: Keys,
  { account }: Pick<Context, "account">,
  deadline: number,
): Promise<Told> {
  if (holder.kind === "instance-pool") return unknown("its future members get the key");
  const left = deadline - Date.now();
  if (left <= 0) return noTime;
  const signal = AbortSignal.timeout(left);
  try {
    return await examined(last, holder, keys, account, signal);
  } catch (error) {
    if (signal.aborted) return noTime;
    if (error instanceof ExoscaleSshError) return unknown(error.message);
    throw error;
  }
}

async function examined(
  last: SshKeyPairState,
  holder: Holder,
  keys: Keys,
  account: Account,
  signal: AbortSignal,
): Promise<Told> {
  const { publicKeyOpenssh } = last;
  if (publicKeyOpenssh === undefined) return unknown("the public key is not in the state");
  const instance = await (await account.zone(holder.zone)).instances.find(holder.id);
  if (!instance) return { standing: "closed", reason: "it is gone" };
  const way = await wayInto(account, holder, instance, last, keys.others);
  if ("what" in way) return unknown(`it ${way.what}`);
  const user = (await defaultUserOf(account, holder)) ?? way.target.user;
  const { publicKeyFingerprintMd5: fingerprintMd5 } = last;
  const access = { ...way, signal };
  return await verdict({ account, access, owner: user, publicKeyOpenssh, fingerprintMd5, labels: instance.labels });
}
