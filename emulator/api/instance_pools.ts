/** Instance pools. Members are created with the pool's keys, and a deleted member is replaced. */
import { randomBytes, randomUUID } from "node:crypto";
import { number } from "./body";
import { checkQuota, createInstance, lookUpOrder, type Order, quotaExceeded } from "./instance_create";
import { changes, createSchema, poolBody, updateSchema } from "./instance_pool_body";
import { evict, membersOf, resize } from "./instance_pool_members";
import type { PoolRecord } from "./records";
import { type ApiRequest, begin, param, type Route } from "./route";
import { checkBody, type Schema, UUID } from "./schema";
import { lookUp, type World, type Zone } from "./world";

const scaleSchema: Schema = {
  type: "object",
  required: ["size"],
  properties: { size: { type: "integer", minimum: 0 } },
};

const evictSchema: Schema = {
  type: "object",
  required: ["instances"],
  properties: { instances: { type: "array", items: { type: "string", pattern: UUID } } },
};

/** More than any account has. Members are made in this process, and a pool of a billion would end it. */
const MOST_MEMBERS = 1000;

/** Pools and the actions on their members. */
export const instancePoolRoutes: readonly Route[] = [
  [
    "GET",
    "/instance-pool",
    ({ zone }) => ({ "instance-pools": [...zone.pools.values()].map((pool) => poolBody(zone, pool)) }),
  ],
  ["POST", "/instance-pool", create],
  ["GET", "/instance-pool/{id}", (request) => poolBody(request.zone, poolOf(request))],
  ["PUT", "/instance-pool/{id}", update],
  ["DELETE", "/instance-pool/{id}", remove],
  [
    "PUT",
    "/instance-pool/{id}:scale",
    (request) => scaleTo(request, number(checkBody(scaleSchema, request.body), "size") ?? 0),
  ],
  ["PUT", "/instance-pool/{id}:evict", evictMembers],
];

function poolOf(request: ApiRequest): PoolRecord {
  return lookUp(request.zone.pools, param(request, "id"), "Instance pool");
}

function create(request: ApiRequest) {
  const { world, zone } = request;
  const body = checkBody(createSchema, request.body);
  const pool: PoolRecord = {
    ...changes(world, body),
    id: randomUUID(),
    state: "creating",
    size: number(body, "size") ?? 1,
  };
  checkGrowth(world, zone, pool, pool.size);
  if (request.fault) return begin(request, { noun: "instance-pool", id: pool.id });
  refill(world, zone, pool);
  zone.pools.set(pool.id, pool);
  return begin(request, { noun: "instance-pool", id: pool.id, settle: () => settle(pool) });
}

function update(request: ApiRequest) {
  const { world, zone } = request;
  const pool = poolOf(request);
  const changed = changes(world, checkBody(updateSchema, request.body), pool);
  lookUpOrder(world, zone, memberOrder(world, { ...pool, ...changed }));
  return begin(request, { noun: "instance-pool", id: pool.id, settle: () => Object.assign(pool, changed) });
}

function remove(request: ApiRequest) {
  const { zone } = request;
  const pool = poolOf(request);
  pool.state = "destroying";
  pool.size = 0;
  const work = () => evict(zone, membersOf(zone, pool));
  return begin(request, { noun: "instance-pool", id: pool.id, work, settle: () => zone.pools.delete(pool.id) });
}

function scaleTo(request: ApiRequest, size: number) {
  const { world, zone } = request;
  const pool = poolOf(request);
  checkGrowth(world, zone, pool, size);
  pool.state = size > pool.size ? "scaling-up" : "scaling-down";
  pool.size = size;
  refill(world, zone, pool);
  return begin(request, {
    noun: "instance-pool",
    id: pool.id,
    work: () => resize(zone, pool),
    settle: () => settle(pool),
  });
}

function evictMembers(request: ApiRequest) {
  const { zone } = request;
  const pool = poolOf(request);
  const { instances } = checkBody(evictSchema, request.body);
  const leaving = membersOf(zone, pool).filter(({ id }) => Array.isArray(instances) && instances.includes(id));
  pool.size -= leaving.length;
  return begin(request, { noun: "instance-pool", id: pool.id, work: () => evict(zone, leaving) });
}

function settle(pool: PoolRecord): void {
  if (pool.state !== "destroying") pool.state = "running";
}

/** Creates the members that a pool lacks, for example after somebody has deleted one. */
export function refillPool(world: World, zone: Zone, poolId: string | undefined): void {
  const pool = zone.pools.get(poolId ?? "");
  if (pool) refill(world, zone, pool);
}

/** Checks all that could prevent a pool from having so many members, so that none is made of those that are too many. */
function checkGrowth(world: World, zone: Zone, pool: PoolRecord, size: number): void {
  const more = size - membersOf(zone, pool).length;
  if (more <= 0) return;
  if (size > MOST_MEMBERS) throw quotaExceeded();
  checkQuota(world, more);
  lookUpOrder(world, zone, memberOrder(world, pool));
}

function refill(world: World, zone: Zone, pool: PoolRecord): void {
  for (let count = membersOf(zone, pool).length; count < pool.size; count += 1) {
    createInstance(world, zone, memberOrder(world, pool));
  }
}

function memberOrder(world: World, pool: PoolRecord): Order {
  const { typeId, templateId, diskSize, userData, antiAffinityGroups, publicIpAssignment, consistentSnapshots } = pool;
  return {
    name: `${pool.prefix}-${pool.id.slice(0, 5)}-${randomBytes(3).toString("hex").slice(0, 5)}`,
    ...{ typeId, templateId, diskSize, userData, antiAffinityGroups, publicIpAssignment, consistentSnapshots },
    labels: { ...pool.labels },
    securityGroups: pool.securityGroups.length > 0 ? pool.securityGroups : undefined,
    // A key that was deleted from the account cannot reach a new member.
    keyNames: pool.keyNames.filter((name) => world.keys.has(name)),
    manager: { type: "instance-pool", id: pool.id },
  };
}
