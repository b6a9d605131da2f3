/** Instance pools. Members are created with the pool's keys, and a deleted member is replaced. */
import { randomBytes, randomUUID } from "node:crypto";
import { keyNames, number, refId, refIds, text, textMap } from "./body";
import { createInstance, lookUpKeys } from "./instance_create";
import { evict, membersOf, resize } from "./instance_pool_members";
import type { PoolRecord } from "./records";
import { type ApiRequest, begin, param, type Route } from "./route";
import { type Body, checkBody, idRef, idRefs, keyRef, labels, nameOf, type Schema, UUID } from "./schema";
import { lookUp, type World, type Zone } from "./world";

const nullable = (schema: Schema): Schema => ({ ...schema, nullable: true });
const keysSchema: Schema = { type: "array", description: "Instances SSH Keys", uniqueItems: true, items: keyRef };

const updateSchema: Schema = {
  type: "object",
  properties: {
    name: nameOf("Instance Pool name"),
    description: { type: "string", description: "Instance Pool description", maxLength: 255 },
    "instance-prefix": { type: "string", nullable: true, maxLength: 30 },
    "instance-type": idRef("Instances type"),
    template: idRef("Instances template"),
    "disk-size": { type: "integer", description: "Instances disk size in GiB", minimum: 10, maximum: 51_200 },
    "ssh-key": nullable(keyRef),
    "ssh-keys": nullable(keysSchema),
    "security-groups": nullable(idRefs("Instance Pool Security Groups")),
    "anti-affinity-groups": nullable(idRefs("Instance Pool Anti-affinity Groups")),
    labels,
    "user-data": {
      type: "string",
      description: "Instances Cloud-init user-data",
      minLength: 1,
      maxLength: 32_768,
      nullable: true,
    },
  },
};

const createSchema: Schema = {
  ...updateSchema,
  required: ["name", "size", "instance-type", "template", "disk-size"],
  properties: { ...updateSchema.properties, size: { type: "integer", description: "Number of Instances", minimum: 1 } },
};

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
  if (request.fault) return begin(request, { noun: "instance-pool", id: pool.id });
  refill(world, zone, pool);
  zone.pools.set(pool.id, pool);
  return begin(request, { noun: "instance-pool", id: pool.id, settle: () => settle(pool) });
}

/** The fields in a body. A body without keys means "no keys", also in an update. */
function changes(world: World, body: Body, before?: PoolRecord): Omit<PoolRecord, "id" | "state" | "size"> {
  const keys = keyNames(body) ?? [];
  lookUpKeys(world, keys);
  return {
    name: text(body, "name") ?? before?.name ?? "",
    description: text(body, "description") ?? before?.description,
    prefix: text(body, "instance-prefix") ?? before?.prefix ?? "pool",
    typeId: refId(body, "instance-type") ?? before?.typeId ?? "",
    templateId: refId(body, "template") ?? before?.templateId ?? "",
    diskSize: number(body, "disk-size") ?? before?.diskSize ?? 10,
    keyNames: keys,
    securityGroups: refIds(body, "security-groups") ?? before?.securityGroups ?? [],
    antiAffinityGroups: refIds(body, "anti-affinity-groups") ?? before?.antiAffinityGroups ?? [],
    labels: textMap(body, "labels") ?? before?.labels ?? {},
    userData: text(body, "user-data") ?? before?.userData,
  };
}

function update(request: ApiRequest) {
  const pool = poolOf(request);
  const changed = changes(request.world, checkBody(updateSchema, request.body), pool);
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

function refill(world: World, zone: Zone, pool: PoolRecord): void {
  for (let count = membersOf(zone, pool).length; count < pool.size; count += 1) {
    const { typeId, templateId, diskSize, labels: poolLabels, userData, securityGroups, antiAffinityGroups } = pool;
    createInstance(world, zone, {
      name: `${pool.prefix}-${pool.id.slice(0, 5)}-${randomBytes(3).toString("hex").slice(0, 5)}`,
      ...{ typeId, templateId, diskSize, userData, antiAffinityGroups },
      labels: { ...poolLabels },
      securityGroups: securityGroups.length > 0 ? securityGroups : undefined,
      // A key that was deleted from the account cannot reach a new member.
      keyNames: pool.keyNames.filter((name) => world.keys.has(name)),
      manager: { type: "instance-pool", id: pool.id },
    });
  }
}

function poolBody(zone: Zone, pool: PoolRecord) {
  const [first] = pool.keyNames;
  return {
    id: pool.id,
    name: pool.name,
    ...(pool.description !== undefined && { description: pool.description }),
    "instance-prefix": pool.prefix,
    size: pool.size,
    "min-available": 0,
    state: pool.state,
    "instance-type": { id: pool.typeId },
    template: { id: pool.templateId },
    "disk-size": pool.diskSize,
    "ssh-keys": pool.keyNames.map((name) => ({ name })),
    ...(first !== undefined && { "ssh-key": { name: first } }),
    "security-groups": pool.securityGroups.map((id) => ({ id })),
    "anti-affinity-groups": pool.antiAffinityGroups.map((id) => ({ id })),
    instances: membersOf(zone, pool).map(({ id }) => ({ id })),
    labels: pool.labels,
    ...(pool.userData !== undefined && { "user-data": pool.userData }),
    ...(pool.manager && { manager: pool.manager }),
  };
}
