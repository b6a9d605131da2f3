import { KeyNotRevokedError } from "../../errors";
import { printable } from "../../errors/printable";
import type { Context } from "../contract/resource";
import {
  findHolders,
  HOLDER_PATIENCE_MS,
  type Holder,
  MAX_CONCURRENT_HOLDERS,
  MAX_SLOW_HOLDERS,
  registeredNames,
} from "./holders";
import { mapConcurrently } from "./map_concurrently";
import { removeFromPool } from "./pools";
import { credentialsFor, type RevocableKey } from "./revocable_key";
import { revokeOnHolder } from "./revoke_on_holder";
import { table, type Unclosed } from "./table";

/**
 * Removes a key from every machine that holds it, and proves each time that it is refused. Pools come first, so that
 * none creates a member with the key meanwhile; then instances, sixteen at once and more where hosts are slow. One failure does not stop the others.
 * Safe to repeat: what is proven is not done again.
 *
 * @throws KeyNotRevokedError with what is left to do, if a single holder is not proven closed
 */
export async function revoke(key: RevocableKey, context: Context): Promise<void> {
  const { account, log } = context;
  const { name, publicKeyOpenssh, successor, allowLockout } = key;
  const removeFromPools = async (pools: readonly Holder[]) => {
    const names = pools.length > 0 ? await registeredNames(account, key) : [];
    const change = { names, successor: successor?.name, allowLockout };
    return await mapConcurrently(MAX_CONCURRENT_HOLDERS, pools, (pool) => removeFromPool(account, pool, change));
  };
  const pools = (await findHolders(account, key)).filter(({ kind }) => kind === "instance-pool");
  const poolsLeft = await removeFromPools(pools);
  // The second search finds pools, and members of pools, that were created during the first.
  const found = await findHolders(account, key);
  const newPools = found.filter(({ kind, id }) => kind === "instance-pool" && !pools.some((pool) => pool.id === id));
  poolsLeft.push(...(await removeFromPools(newPools)));
  const instances = found.filter(({ kind }) => kind === "instance");
  if (instances.length === 0) {
    throwIfAny(name, poolsLeft);
    return logRefusal(key, context, [], []);
  }
  if (publicKeyOpenssh === undefined) throw new KeyNotRevokedError(missingPublicKey(name));
  const count = instances.length === 1 ? "1 instance" : `${instances.length} instances`;
  log.info(`Revoking SSH key "${name}" on ${count}.`);
  const revocation = { key, publicKeyOpenssh, credentials: credentialsFor(account, key), context };
  let done = 0;
  const revokeOn = async (holder: Holder) => {
    const unclosed = await revokeOnHolder(revocation, holder);
    done += 1;
    log.progress(`revoking: ${done} of ${count} done`);
    return unclosed;
  };
  // A bastion lets in few at a time: more would wait for it until their time is over.
  const patience = key.connection?.bastion ? undefined : { ms: HOLDER_PATIENCE_MS, most: MAX_SLOW_HOLDERS };
  const left = await mapConcurrently(MAX_CONCURRENT_HOLDERS, instances, revokeOn, patience);
  throwIfAny(name, [...poolsLeft, ...left]);
  logRefusal(key, context, instances, instances);
}

/**
 * Says which machines are proven to refuse a key, of how many that had it: `web, db refuse bob (2 of 3)`. Those that a
 * change of this run has closed count too, also if they are found as holders no more.
 */
export function logRefusal(
  { name, fingerprintMd5 }: Pick<RevocableKey, "name" | "fingerprintMd5">,
  { run, log }: Pick<Context, "run" | "log">,
  refusing: readonly Holder[],
  holders: readonly Holder[],
): void {
  const found = new Set(holders.map(({ id }) => id));
  const closedBefore = [...(run.closed.get(fingerprintMd5) ?? [])].filter(([id]) => !found.has(id));
  const names = [...refusing.map((holder) => printable(holder.name)), ...closedBefore.map(([, machine]) => machine)];
  if (names.length === 0) return;
  const verb = names.length === 1 ? "refuses" : "refuse";
  log.info(`${names.join(", ")} ${verb} ${name} (${names.length} of ${holders.length + closedBefore.length})`);
}

/**
 * Renames a key in the pools that list it under one name. The key stays, under another name that the program declares.
 *
 * @throws KeyNotRevokedError if a pool could not be changed
 */
export async function renameInPools(
  { name, fingerprintMd5 }: RevocableKey,
  newName: string,
  { account }: Context,
): Promise<void> {
  const holders = await findHolders(account, { name, fingerprintMd5 });
  const pools = holders.filter(({ kind }) => kind === "instance-pool");
  const change = { names: [name], successor: newName, allowLockout: true };
  throwIfAny(
    name,
    await mapConcurrently(MAX_CONCURRENT_HOLDERS, pools, (pool) => removeFromPool(account, pool, change)),
  );
}

function throwIfAny(name: string, left: readonly (Unclosed | undefined)[]): void {
  const unclosed = left.filter((holder) => holder !== undefined);
  if (unclosed.length === 0) return;
  throw new KeyNotRevokedError(
    `SSH key "${name}" is not revoked everywhere (onDelete: "revoke"), so it stays in the account and in the state:\n` +
      `${table(unclosed)}\nCorrect what each line reports, then run "pulumi up" again: it continues with those. To delete the key without revoking ` +
      'it, set onDelete: "warn", run "pulumi up", then delete it; a pair that is already replaced is removed from the state ' +
      'with "pulumi state delete".',
  );
}

function missingPublicKey(name: string): string {
  return `The public key of SSH key "${name}" is not in the state, so the key cannot be found on machines. Give publicKey.`;
}
