import { KeyNotRevokedError } from "../../errors";
import type { Context } from "../contract/resource";
import { findHolders, type Holder, holdersAtOnce, registeredNames } from "./holders";
import { mapConcurrently } from "./map_concurrently";
import { removeFromPool } from "./pools";
import { credentialsFor, type RevocableKey } from "./revocable_key";
import { revokeOnHolder } from "./revoke_on_holder";
import { table, type Unclosed } from "./table";

/**
 * Removes a key from every machine that holds it, and proves each time that it is refused: pools first, so that none makes
 * a member with it meanwhile, then instances, sixteen at once. One failure stops no other. Safe to repeat: what is proven
 * is not done again.
 *
 * @throws KeyNotRevokedError with what is left to do, while a single holder is not proven closed
 */
export async function revoke(key: RevocableKey, context: Context): Promise<void> {
  const { account, log } = context;
  const { name, publicKeyOpenssh, successor, allowLockout } = key;
  const removeFromPools = async (pools: readonly Holder[]) => {
    const names = pools.length > 0 ? await registeredNames(account, key) : [];
    const change = { names, successor: successor?.name, allowLockout };
    return await mapConcurrently(holdersAtOnce, pools, (pool) => removeFromPool(account, pool, change));
  };
  const pools = (await findHolders(account, key)).filter(({ kind }) => kind === "instance-pool");
  const poolsLeft = await removeFromPools(pools);
  // Looked for again: a pool may have made a member, or have been made, until a moment ago.
  const found = await findHolders(account, key);
  const newPools = found.filter(({ kind, id }) => kind === "instance-pool" && !pools.some((pool) => pool.id === id));
  poolsLeft.push(...(await removeFromPools(newPools)));
  const instances = found.filter(({ kind }) => kind === "instance");
  if (instances.length === 0) return throwIfAny(name, poolsLeft);
  if (publicKeyOpenssh === undefined) throw new KeyNotRevokedError(withoutPublicKey(name));
  const many = instances.length === 1 ? "1 instance" : `${instances.length} instances`;
  log.info(`Revoking SSH key "${name}" on ${many}.`);
  const revocation = { key, publicKeyOpenssh, credentials: credentialsFor(account, key), context };
  let done = 0;
  const left = await mapConcurrently(holdersAtOnce, instances, async (holder) => {
    const unclosed = await revokeOnHolder(revocation, holder);
    done += 1;
    log.progress(`revoking: ${done} of ${many} done`);
    return unclosed;
  });
  throwIfAny(name, [...poolsLeft, ...left]);
}

/**
 * Renames a key in the pools that have it under one name: the key stays, under another name of the program's own.
 *
 * @throws KeyNotRevokedError where a pool could not be changed
 */
export async function renameInPools(
  { name, fingerprintMd5 }: RevocableKey,
  newName: string,
  { account }: Context,
): Promise<void> {
  const holders = await findHolders(account, { name, fingerprintMd5 });
  const pools = holders.filter(({ kind }) => kind === "instance-pool");
  const change = { names: [name], successor: newName, allowLockout: true };
  throwIfAny(name, await mapConcurrently(holdersAtOnce, pools, (pool) => removeFromPool(account, pool, change)));
}

function throwIfAny(name: string, left: readonly (Unclosed | undefined)[]): void {
  const unclosed = left.filter((holder) => holder !== undefined);
  if (unclosed.length === 0) return;
  throw new KeyNotRevokedError(
    `SSH key "${name}" is not revoked everywhere (onDelete: "revoke"), so it stays in the account and in the state:\n` +
      `${table(unclosed)}\nDo what each line says, then run "pulumi up" again: it continues with those. To let go of the key without revoking ` +
      'it, set onDelete: "warn", run "pulumi up", and delete it then; for a pair that is replaced already: "pulumi state ' +
      'delete".',
  );
}

function withoutPublicKey(name: string): string {
  return `The public key of SSH key "${name}" is not in the state, so it cannot be looked for on machines. Give publicKey.`;
}
