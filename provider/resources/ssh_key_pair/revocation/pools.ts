import type { Account } from "../../../account";
import { ExoscaleSshError } from "../../../errors";
import type { SshKeyPairState } from "../fields";
import type { Holder } from "../holders";
import type { Unclosed } from "./table";

/**
 * Takes a key off an instance pool, so that members which it makes from now on do not get it; a successor takes its place.
 * Members that exist are holders of their own.
 *
 * @returns why that was not done; undefined when it was
 */
export async function takeOffPool(
  account: Account,
  holder: Holder,
  names: readonly string[],
  { allowLockout }: SshKeyPairState,
  successor: SshKeyPairState | undefined,
): Promise<Unclosed | undefined> {
  const { instancePools } = await account.zone(holder.zone);
  const pool = await instancePools.find(holder.id);
  if (!pool) return undefined;
  if (pool.manager?.type !== undefined && pool.manager.type !== "instance-pool") {
    return {
      holder,
      what: `is managed by ${pool.manager.type}`,
      todo: "change the key there, which makes its members anew",
    };
  }
  const stay = (pool["ssh-keys"] ?? []).map(({ name }) => name).filter((name) => !names.includes(name));
  const next = successor && !stay.includes(successor.name) ? [...stay, successor.name] : stay;
  if (next.length === 0 && !allowLockout) {
    return { holder, what: "has no other key", todo: "give the pool another key, or set allowLockout: true" };
  }
  try {
    await instancePools.update(pool.id, { "ssh-keys": next.map((name) => ({ name })) });
    return undefined;
  } catch (error) {
    if (!(error instanceof ExoscaleSshError)) throw error;
    return { holder, what: error.message, todo: "take the key off the pool by hand" };
  }
}
