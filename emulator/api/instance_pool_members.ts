/** The members of an instance pool. */
import type { InstanceRecord, PoolRecord } from "./records";
import type { Zone } from "./world";

/** The pool's instances, without those that are being destroyed. */
export function membersOf(zone: Zone, pool: PoolRecord): InstanceRecord[] {
  return [...zone.instances.values()].filter(({ manager, state }) => manager?.id === pool.id && state !== "destroying");
}

/** Destroys the newest members beyond the pool's size. */
export function resize(zone: Zone, pool: PoolRecord): Promise<void> {
  return evict(zone, membersOf(zone, pool).slice(pool.size));
}

/** Destroys these members. */
export async function evict(zone: Zone, leaving: readonly InstanceRecord[]): Promise<void> {
  for (const instance of leaving) instance.state = "destroying";
  await Promise.all(leaving.map((instance) => instance.machine.destroy()));
  for (const { id } of leaving) zone.instances.delete(id);
}
