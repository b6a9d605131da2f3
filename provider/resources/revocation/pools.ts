import type { Account } from "../../account";
import { ExoscaleSshError } from "../../errors";
import { KeyedMutex } from "../../keyed_mutex";
import type { Holder } from "./holders";
import type { Unclosed } from "./table";

/** The API only takes all keys of a pool at once, so that one change has to follow the other. */
const pools = new KeyedMutex();

/** What is to become of a key in the list of a pool. */
export interface PoolChange {
  /** The names that the account has for the key that goes. */
  readonly names: readonly string[];
  /** The name of what takes its place, if anything does. */
  readonly successor: string | undefined;
  readonly allowLockout: boolean;
}

/**
 * Takes a key off an instance pool, so that members which it makes from now on do not get it; a successor takes its place.
 * Members that exist are holders of their own.
 *
 * @returns why that was not done; undefined when it was
 */
export async function removeFromPool(
  account: Account,
  holder: Holder,
  change: PoolChange,
): Promise<Unclosed | undefined> {
  try {
    return await pools.run(holder.id, () => rewriteKeys(account, holder, change));
  } catch (error) {
    if (!(error instanceof ExoscaleSshError)) throw error;
    return { holder, what: error.message, todo: "take the key off the pool by hand" };
  }
}

async function rewriteKeys(account: Account, holder: Holder, change: PoolChange): Promise<Unclosed | undefined> {
  const { names, successor, allowLockout } = change;
  const { instancePools } = await account.zone(holder.zone);
  const pool = await instancePools.find(holder.id);
  if (!pool) return undefined;
  if (pool.manager?.type !== undefined && pool.manager.type !== "instance-pool") {
    const what = `is managed by ${pool.manager.type}`;
    return { holder, what, todo: "change the key there, which makes its members anew" };
  }
  const before = namesIn(pool);
  const stay = before.filter((name) => !names.includes(name));
  if (stay.length === before.length) return undefined;
  const next = successor !== undefined && !stay.includes(successor) ? [...stay, successor] : stay;
  if (next.length === 0 && !allowLockout) {
    return { holder, what: "has no other key", todo: "give the pool another key, or set allowLockout: true" };
  }
  await instancePools.update(pool.id, { "ssh-keys": next.map((name) => ({ name })) });
  // Another program may have written its own list meanwhile.
  const now = namesIn((await instancePools.find(pool.id)) ?? {});
  return now.some((name) => names.includes(name))
    ? { holder, what: "has the key again, so somebody else changes it", todo: "run Pulumi again" }
    : undefined;
}

function namesIn(pool: { readonly "ssh-keys"?: readonly { readonly name: string }[] }): string[] {
  return (pool["ssh-keys"] ?? []).map(({ name }) => name);
}
