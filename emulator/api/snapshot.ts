/** The world as it is written to disk, and how it comes back. */
import { refillPool } from "./instance_pools";
import type { OperationBody } from "./operations";
import type {
  AntiAffinityGroupRecord,
  InstanceRecord,
  KeyRecord,
  ListedKey,
  PoolRecord,
  SecurityGroupRecord,
} from "./records";
import { lookUp, type World, type Zone } from "./world";

/** An instance without its inside, which the guest's own files tell. */
export type SavedInstance = Omit<InstanceRecord, "machine">;

/** What one zone has. */
export interface SavedZone {
  readonly name: string;
  readonly instances: readonly SavedInstance[];
  readonly pools: readonly PoolRecord[];
}

/** Everything of a world that survives a restart. */
export interface Snapshot {
  readonly zones: readonly SavedZone[];
  readonly keys: readonly KeyRecord[];
  readonly securityGroups: readonly SecurityGroupRecord[];
  readonly antiAffinityGroups: readonly AntiAffinityGroupRecord[];
  /** How many addresses were handed out, so that none is handed out twice. */
  readonly addresses: number;
  readonly operations: readonly OperationBody[];
}

/** The world of this moment. */
export function snapshotOf(world: World): Snapshot {
  return {
    zones: world.zones.map((zone) => ({
      name: zone.name,
      instances: [...zone.instances.values()].map(({ machine: _inside, ...instance }) => instance),
      pools: [...zone.pools.values()],
    })),
    keys: [...world.keys.values()],
    securityGroups: [...world.securityGroups.values()],
    antiAffinityGroups: [...world.antiAffinityGroups.values()],
    addresses: world.addresses.count,
    operations: world.operations.latest,
  };
}

/**
 * What is true once every operation has ended that was pending when the process was killed: what was coming has come,
 * what was leaving has left. (A process that closes lets them end, so nothing is pending then.)
 */
export function settleSnapshot(snapshot: Snapshot): Snapshot {
  const passing = new Set(snapshot.zones.flatMap(passingIds));
  return {
    ...snapshot,
    zones: snapshot.zones.map(settleZone),
    operations: snapshot.operations.map((operation) => settleOperation(operation, passing)),
  };
}

function passingIds({ instances, pools }: SavedZone): string[] {
  return [
    ...instances.filter(({ state }) => !["running", "stopped", "error"].includes(state)),
    ...pools.filter(({ state }) => state !== "running"),
  ].map(({ id }) => id);
}

function settleZone({ name, instances, pools }: SavedZone): SavedZone {
  const here = instances.filter(({ state }) => state !== "destroying");
  const beyond = pools.flatMap(({ id, size }) => here.filter(({ manager }) => manager?.id === id).slice(size));
  return {
    name,
    instances: here.filter((instance) => !beyond.includes(instance)).map(settleInstance),
    pools: pools.filter(({ state }) => state !== "destroying").map((pool) => ({ ...pool, state: "running" })),
  };
}

function settleInstance(instance: SavedInstance): SavedInstance {
  if (instance.state === "starting") return { ...instance, state: "running" };
  return instance.state === "stopping" ? { ...instance, state: "stopped" } : instance;
}

// A change in a passing state shows in the snapshot and is brought to its end above. Any other was to be made when its
// operation ended, so it is lost, and its operation must not say that it succeeded.
function settleOperation(operation: OperationBody, passing: ReadonlySet<string>): OperationBody {
  if (operation.state !== "pending") return operation;
  const id = operation.reference?.id ?? operation.resource?.id ?? "";
  if (passing.has(id)) return { ...operation, state: "success" };
  return { ...operation, state: "failure", reason: "interrupted", message: "The emulator was killed meanwhile" };
}

/** Fills a new world. Its machines are made from the guests' files, and none is started. @throws for an unknown zone */
export function restore(world: World, snapshot: Snapshot): void {
  for (const key of snapshot.keys) world.keys.set(key.name, key);
  world.securityGroups.clear();
  for (const group of snapshot.securityGroups) world.securityGroups.set(group.id, group);
  for (const group of snapshot.antiAffinityGroups) world.antiAffinityGroups.set(group.id, group);
  world.addresses.count = snapshot.addresses;
  world.operations.restore(snapshot.operations);
  for (const saved of snapshot.zones) restoreZone(world, saved);
}

function restoreZone(world: World, saved: SavedZone): void {
  const zone = world.zones.find(({ name }) => name === saved.name);
  if (!zone && saved.instances.length + saved.pools.length === 0) return;
  if (!zone) throw new Error(`The saved state has instances in ${saved.name}, which is not among the zones to serve`);
  for (const pool of saved.pools) zone.pools.set(pool.id, pool);
  for (const instance of saved.instances) {
    zone.instances.set(instance.id, { ...instance, machine: machineOf(world, zone, instance) });
  }
}

/** Starts the instances that are running by the state. @throws when a guest's files are damaged or its port is taken */
export async function resume(world: World): Promise<void> {
  const guests = world.instances.map(({ state, machine }) => (state === "running" ? machine.start() : machine.guest()));
  await Promise.all(guests);
  for (const zone of world.zones) for (const id of zone.pools.keys()) refillPool(world, zone, id);
}

function machineOf(world: World, zone: Zone, { id, name, templateId, address, bootKeys }: SavedInstance) {
  const { defaultUser, sshKeyEnabled } = lookUp(zone.templates, templateId, "Template");
  // Needed only for a guest whose files were not finished when the process was killed.
  const publicKeys = sshKeyEnabled ? bootKeys.flatMap((key) => materialOf(world, key)) : [];
  return world.machineFor(id, { hostname: name, user: defaultUser, publicKeys, address });
}

function materialOf(world: World, { name, fingerprint }: ListedKey): string[] {
  const key = world.keys.get(name);
  return key?.fingerprint === fingerprint ? [key.publicKey] : [];
}
