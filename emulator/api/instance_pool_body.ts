/** An instance pool in bodies: what is accepted, what it means, and what is shown. */
import { flag, keyNames, number, refId, refIds, text, textMap } from "./body";
import { lookUpKeys } from "./instance_create";
import { membersOf } from "./instance_pool_members";
import { assignmentIn, assignmentSchema, refuseAbsent } from "./placement";
import type { PoolRecord } from "./records";
import { type Body, idRef, idRefs, keyRef, labels, nameOf, type Schema } from "./schema";
import type { World, Zone } from "./world";

const SNAPSHOTS = "application-consistent-snapshot-enabled";

const nullable = (schema: Schema): Schema => ({ ...schema, nullable: true });
const keysSchema: Schema = { type: "array", description: "Instances SSH Keys", uniqueItems: true, items: keyRef };

/** The body of PUT /instance-pool/{id}. */
export const updateSchema: Schema = {
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
    "elastic-ips": nullable(idRefs("Instances Elastic IPs")),
    "private-networks": nullable(idRefs("Instance Pool Private Networks")),
    "deploy-target": nullable(idRef("Instance Pool Deploy Target")),
    "public-ip-assignment": assignmentSchema,
    "ipv6-enabled": { type: "boolean", description: "Enable IPv6" },
    [SNAPSHOTS]: { type: "boolean" },
    "min-available": {
      type: "integer",
      description: "Minimum number of running Instances",
      minimum: 0,
      nullable: true,
    },
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

/** The body of POST /instance-pool. */
export const createSchema: Schema = {
  ...updateSchema,
  required: ["name", "size", "instance-type", "template", "disk-size"],
  properties: { ...updateSchema.properties, size: { type: "integer", description: "Number of Instances", minimum: 1 } },
};

/**
 * The fields in a body. A body without keys means "no keys", also in an update.
 *
 * @throws ApiError for a key that is not registered, and for what this account has none of
 */
export function changes(world: World, body: Body, before?: PoolRecord): Omit<PoolRecord, "id" | "state" | "size"> {
  const keys = keyNames(body) ?? [];
  lookUpKeys(world, keys);
  refuseAbsent(body);
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
    publicIpAssignment: assignmentIn(body) ?? before?.publicIpAssignment ?? "inet4",
    consistentSnapshots: flag(body, SNAPSHOTS) ?? before?.consistentSnapshots ?? false,
    minAvailable: number(body, "min-available") ?? before?.minAvailable ?? 0,
  };
}

/** What GET /instance-pool/{id} answers. */
export function poolBody(zone: Zone, pool: PoolRecord) {
  const [first] = pool.keyNames;
  return {
    id: pool.id,
    name: pool.name,
    ...(pool.description !== undefined && { description: pool.description }),
    "instance-prefix": pool.prefix,
    size: pool.size,
    "min-available": pool.minAvailable,
    "public-ip-assignment": pool.publicIpAssignment,
    "ipv6-enabled": pool.publicIpAssignment === "dual",
    [SNAPSHOTS]: pool.consistentSnapshots,
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
