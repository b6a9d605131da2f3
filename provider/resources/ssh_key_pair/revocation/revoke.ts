import { KeyNotRevokedError } from "../../../errors";
import type { Context } from "../../contract/resource";
import type { SshKeyPairState } from "../fields";
import { atOnce, findHolders, type Holder, holdersAtOnce, namesOf } from "../holders";
import { closeOn } from "./close";
import { takeOffPool } from "./pools";
import { successorOf } from "./succession";
import { table, type Unclosed } from "./table";
import { keysFor } from "./way_in";

/**
 * Takes a key off every machine that holds it, and proves each time that it is refused: pools first, so that none makes a
 * member with it meanwhile, then instances, sixteen at once. One failure stops no other. Safe to repeat: what is proven
 * is not done again.
 *
 * @throws KeyNotRevokedError with what is left to do, while a single holder is not proven closed
 */
export async function revoke(name: string, last: SshKeyPairState, context: Context): Promise<void> {
  const { account, log } = context;
  const key = {
    name,
    fingerprintMd5: last.publicKeyFingerprintMd5,
    fingerprintSha256: last.publicKeyFingerprintSha256,
  };
  const successor = successorOf(account, last);
  const change = { successor: successor?.name, allowLockout: last.allowLockout };
  const offPools = async (pools: readonly Holder[]) => {
    const names = pools.length > 0 ? await namesOf(account, key) : [];
    return await atOnce(holdersAtOnce, pools, (pool) => takeOffPool(account, pool, { ...change, names }));
  };
  const pools = (await findHolders(account, key)).filter(({ kind }) => kind === "instance-pool");
  const poolsLeft = await offPools(pools);
  // Looked for again: a pool may have made a member, or have been made, until a moment ago.
  const found = await findHolders(account, key);
  const newPools = found.filter(({ kind, id }) => kind === "instance-pool" && !pools.some((pool) => pool.id === id));
  poolsLeft.push(...(await offPools(newPools)));
  const instances = found.filter(({ kind }) => kind === "instance");
  if (instances.length === 0) return throwIfAny(name, poolsLeft);
  const { publicKeyOpenssh } = last;
  if (publicKeyOpenssh === undefined) throw new KeyNotRevokedError(withoutPublicKey(name));
  const many = instances.length === 1 ? "1 instance" : `${instances.length} instances`;
  log.info(`Revoking SSH key "${name}" on ${many}.`);
  const keys = await keysFor(last, successor, context);
  const revocation = { last, publicKeyOpenssh, successor, keys, context };
  let done = 0;
  const left = await atOnce(holdersAtOnce, instances, async (holder) => {
    const unclosed = await closeOn(revocation, holder);
    done += 1;
    log.progress(`revoking: ${done} of ${many} done`);
    return unclosed;
  });
  throwIfAny(name, [...poolsLeft, ...left]);
}

/**
 * The key stays, under another name of the program's own: only pools that go by the old name have to be told.
 *
 * @throws KeyNotRevokedError where one could not be
 */
export async function renameInPools(last: SshKeyPairState, name: string, { account }: Context): Promise<void> {
  const { name: before, publicKeyFingerprintMd5: fingerprintMd5 } = last;
  const holders = await findHolders(account, { name: before, fingerprintMd5 });
  const pools = holders.filter(({ kind }) => kind === "instance-pool");
  const change = { names: [before], successor: name, allowLockout: true };
  throwIfAny(before, await atOnce(holdersAtOnce, pools, (pool) => takeOffPool(account, pool, change)));
}

function throwIfAny(name: string, left: readonly (Unclosed | undefined)[]): void {
  const unclosed = left.filter((holder) => holder !== undefined);
  if (unclosed.length === 0) return;
  throw new KeyNotRevokedError(
    `SSH key "${name}" is not revoked everywhere (onDelete: "revoke"), so it stays in the account and in the state:\n` +
      `${table(unclosed)}\nMend that and run Pulumi again: it goes on from there. To let go of the key without revoking ` +
      'it, set onDelete: "warn", run "pulumi up", and delete it then; for a pair that is replaced already: "pulumi state ' +
      'delete".',
  );
}

function withoutPublicKey(name: string): string {
  return `The public key of SSH key "${name}" is not in the state, so it cannot be looked for on machines. Give publicKey.`;
}
