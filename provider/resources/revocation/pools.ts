import type { Account } from "../../account";
import { ExoscaleSshError } from "../../errors";
import { KeyedMutex } from "../../keyed_mutex";
import type { Holder } from "./holders";
import type { Unclosed } from "./table";

/** The API replaces the whole key list of a pool, so two changes must not overlap. */
const pools = new KeyedMutex();

/** A change of the key list of a pool. */
export interface PoolChange {
  /** The names that the account has for the key to remove. */
  readonly names: readonly string[];
  /** The name of the key that takes its place, if any. */
  readonly successor: string | undefined;
  readonly allowLockout: boolean;
}

/**
 * Removes a key from an instance pool, so that its future members do not get it. A successor takes its place. Existing
 * members are holders of their own.
 *
 * @returns why the key was not removed; undefined if it was
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
    return { holder, what: error.message, todo: "remove the key from the pool manually" };
  }
}

async function rewriteKeys(account: Account, holder: Holder, change: PoolChange): Promise<Unclosed | undefined> {
  const { names, successor, allowLockout } = change;
  const { instancePools } = await account.zone(holder.zone);
  const pool = await instancePools.find(holder.id);
  if (!pool) return undefined;
  if (pool.manager?.type !== undefined && pool.manager.type !== "instance-pool") {
    const what = `is managed by ${pool.manager.type}`;
    return { holder, what, todo: "change the key there, which replaces the members" };
  }
  const before = namesIn(pool);
  const kept = before.filter((name) => !names.includes(name));
  if (kept.length === before.length) return undefined;
  const next = successor !== undefined && !kept.includes(successor) ? [...kept, successor] : kept;
  if (next.length === 0 && !allowLockout) {
    return { holder, what: "has no other key", todo: "give the pool another key, or set allowLockout: true" };
  }
  await instancePools.update(pool.id, { "ssh-keys": next.map((name) => ({ name })) });
  // Another program may have written its own list meanwhile.
  const now = namesIn((await instancePools.find(pool.id)) ?? {});
  return now.some((name) => names.includes(name))
    ? { holder, what: "has the key again, so somebody else changes its keys", todo: 'run "pulumi up" again' }
    : undefined;
}

function namesIn(pool: { readonly "ssh-keys"?: readonly { readonly name: string }[] }): string[] {
  return (pool["ssh-keys"] ?? []).map(({ name }) => name);
}
