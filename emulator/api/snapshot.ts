/** Saves the state of the emulated cloud, and restores it. */
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

/** An instance without its guest, whose files are saved separately. */
export type SavedInstance = Omit<InstanceRecord, "machine">;

/** The state of one zone. */
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
  /** How many addresses are in use or were used, so that none is used twice. */
  readonly addresses: number;
  readonly operations: readonly OperationBody[];
}

/** The present state. */
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
 * The state after the end of every operation that was pending when the process was killed: instances in creation run,
 * and those in deletion are gone. (A process that closes waits for its operations, so none is pending then.)
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

// A transition of an instance or pool is in the snapshot, and the functions above complete it. Any other change takes
// effect at the end of its operation, so it is lost, and its operation must not report success.
function settleOperation(operation: OperationBody, passing: ReadonlySet<string>): OperationBody {
  if (operation.state !== "pending") return operation;
  const id = operation.reference?.id ?? operation.resource?.id ?? "";
  if (passing.has(id)) return { ...operation, state: "success" };
  return {
    ...operation,
    state: "failure",
    reason: "interrupted",
    message: "The emulator was killed before the operation ended",
  };
}

/** Restores a snapshot into a new world. No guest starts. @throws when a zone with instances is not served */
export function restore(world: World, snapshot: Snapshot): void {
  for (const key of snapshot.keys) world.keys.set(key.name, key);
  world.securityGroups.clear();
  for (const group of snapshot.securityGroups) world.securityGroups.set(group.id, group);
  for (const group of snapshot.antiAffinityGroups) world.antiAffinityGroups.set(group.id, group);
  world.addresses.count = snapshot.addresses;
  world.operations.restore(snapshot.operations);
  for (const saved of snapshot.zones) restoreZone(world, saved);
}

// Earlier versions did not save these.
const newerInstanceFields = { secureBoot: false, tpm: false, consistentSnapshots: false } as const;
const newerPoolFields = { publicIpAssignment: "inet4", consistentSnapshots: false, minAvailable: 0 } as const;

function restoreZone(world: World, saved: SavedZone): void {
  const zone = world.zones.find(({ name }) => name === saved.name);
  if (!zone && saved.instances.length + saved.pools.length === 0) return;
  if (!zone) throw new Error(`The saved state has instances in ${saved.name}, which is not among the zones to serve`);
  for (const pool of saved.pools) zone.pools.set(pool.id, { ...newerPoolFields, ...pool });
  for (const instance of saved.instances) {
    const machine = machineOf(world, zone, instance);
    zone.instances.set(instance.id, { ...newerInstanceFields, ...instance, machine });
  }
}

/** Starts the guests of running instances. @throws when a guest's files are damaged or its port is taken */
export async function resume(world: World): Promise<void> {
  const guests = world.instances.map(({ state, machine }) => (state === "running" ? machine.start() : machine.guest()));
  await Promise.all(guests);
  for (const zone of world.zones) for (const id of zone.pools.keys()) refillPool(world, zone, id);
}

function machineOf(world: World, zone: Zone, { id, name, templateId, address, bootKeys }: SavedInstance) {
  const { defaultUser, sshKeyEnabled } = lookUp(zone.templates, templateId, "Template");
  // Needed only for a guest whose files were incomplete when the process was killed.
  const publicKeys = sshKeyEnabled ? bootKeys.flatMap((key) => materialOf(world, key)) : [];
  return world.machineFor(id, { hostname: name, user: defaultUser, publicKeys, address });
}

function materialOf(world: World, { name, fingerprint }: ListedKey): string[] {
  const key = world.keys.get(name);
  return key?.fingerprint === fingerprint ? [key.publicKey] : [];
}
