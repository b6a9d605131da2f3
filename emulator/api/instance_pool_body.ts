/** An instance pool in bodies: what is accepted, what it means, and what is shown. */
import { flag, keyNames, number, refId, refIds, text, textMap } from "./body";
import { lookUpKeys } from "./instance_create";
import { membersOf } from "./instance_pool_members";
import { assignmentIn, assignmentSchema, refuseAbsent } from "./placement";
import type { PoolRecord } from "./records";
import { type Body, idRef, idRefs, keyRef, labels, nameOf, type Schema } from "./schema";
import type { World, Zone } from "./world";

const SNAPSHOTS = "application-consistent-snapshot-enabled";

const DEFAULT_PREFIX = "pool";

const fields = {
  name: nameOf("Instance Pool name"),
  description: { type: "string", description: "Instance Pool description", maxLength: 255 },
  "instance-type": idRef("Instances type"),
  template: idRef("Instances template"),
  "disk-size": { type: "integer", description: "Instances disk size in GiB", minimum: 10, maximum: 51_200 },
  "public-ip-assignment": assignmentSchema,
  "ipv6-enabled": { type: "boolean", description: "Enable IPv6" },
  [SNAPSHOTS]: { type: "boolean" },
  labels,
} satisfies Record<string, Schema>;

/** These can be null in an update. */
const optionalFields = {
  "instance-prefix": { type: "string", description: "Prefix to apply to Instances names", maxLength: 30 },
  "ssh-key": keyRef,
  "ssh-keys": { type: "array", description: "Instances SSH Keys", uniqueItems: true, items: keyRef },
  "security-groups": idRefs("Instance Pool Security Groups"),
  "anti-affinity-groups": idRefs("Instance Pool Anti-affinity Groups"),
  "elastic-ips": idRefs("Instances Elastic IPs"),
  "private-networks": idRefs("Instance Pool Private Networks"),
  "deploy-target": idRef("Instance Pool Deploy Target"),
  "min-available": { type: "integer", description: "Minimum number of running Instances", minimum: 0 },
  "user-data": { type: "string", description: "Instances Cloud-init user-data", minLength: 1, maxLength: 32_768 },
} satisfies Record<string, Schema>;

/** The body of POST /instance-pool. */
export const createSchema: Schema = {
  type: "object",
  required: ["name", "size", "instance-type", "template", "disk-size"],
  properties: {
    ...fields,
    ...optionalFields,
    "instance-prefix": { ...optionalFields["instance-prefix"], minLength: 1 },
    size: { type: "integer", description: "Number of Instances", minimum: 1 },
  },
};

/** The body of PUT /instance-pool/{id}. */
export const updateSchema: Schema = {
  type: "object",
  properties: {
    ...fields,
    ...Object.fromEntries(Object.entries(optionalFields).map(([name, field]) => [name, { ...field, nullable: true }])),
    "public-ip-assignment": { ...assignmentSchema, enum: ["dual", "inet4"] },
  },
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
    prefix: prefixIn(body) ?? before?.prefix ?? DEFAULT_PREFIX,
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

/** An empty prefix is the default one. */
function prefixIn(body: Body): string | undefined {
  const prefix = text(body, "instance-prefix");
  return prefix === "" ? DEFAULT_PREFIX : prefix;
}

/** What GET /instance-pool/{id} answers. */
export function poolBody(zone: Zone, pool: PoolRecord) {
  const [first] = pool.keyNames;
  return {
    id: pool.id,
    name: pool.name,
    ...(pool.description && { description: pool.description }),
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
