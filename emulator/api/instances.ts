/** Instances: list, get, create, update, delete. Their actions are in instance_actions.ts. */
import { flag, keyNames, number, refId, refIds, text, textMap } from "./body";
import { badRequest, protectedInstance, unrecorded } from "./errors";
import { instanceBody, listedInstanceBody } from "./instance_body";
import { createInstance } from "./instance_create";
import { refillPool } from "./instance_pools";
import { assignmentIn, assignmentSchema, refuseAbsent } from "./placement";
import type { InstanceRecord } from "./records";
import { type ApiRequest, begin, param, type Route } from "./route";
import { checkBody, checkQuery, idRef, idRefs, keyRef, labels, nameOf, type Schema, UUID } from "./schema";

const mutableFields: Record<string, Schema> = {
  name: nameOf("Instance name"),
  labels,
  "user-data": {
    type: "string",
    description: "Instance Cloud-init user-data (base64 encoded)",
    minLength: 1,
    maxLength: 32_768,
  },
  "public-ip-assignment": assignmentSchema,
  "application-consistent-snapshot-enabled": { type: "boolean" },
};

const createSchema: Schema = {
  type: "object",
  required: ["disk-size", "instance-type", "template"],
  properties: {
    ...mutableFields,
    "disk-size": { type: "integer", description: "Instance disk size in GiB", minimum: 10, maximum: 51_200 },
    "instance-type": idRef("Instance Type"),
    template: idRef("Instance Template"),
    "ssh-key": keyRef,
    "ssh-keys": { type: "array", description: "Instance SSH Keys", uniqueItems: true, items: keyRef },
    "security-groups": idRefs("Instance Security Groups"),
    "anti-affinity-groups": idRefs("Instance Anti-affinity Groups"),
    "auto-start": { type: "boolean", description: "Start Instance on creation (default: true)" },
    "secureboot-enabled": { type: "boolean" },
    "tpm-enabled": { type: "boolean" },
    "ipv6-enabled": { type: "boolean" },
    "deploy-target": idRef("Instance Deploy Target"),
  },
};

const updateSchema: Schema = {
  type: "object",
  properties: { ...mutableFields, labels: { ...labels, nullable: true } },
};

const filters: Readonly<Record<string, Schema>> = {
  "manager-id": { type: "string", pattern: UUID },
  "manager-type": { type: "string", enum: ["instance-pool"] },
};

/** Every route but the actions. */
export const instanceRoutes: readonly Route[] = [
  ["GET", "/instance", list],
  ["POST", "/instance", create],
  ["GET", "/instance/{id}", (request) => instanceBody(request.world, instanceOf(request))],
  ["PUT", "/instance/{id}", update],
  ["DELETE", "/instance/{id}", remove],
  ["DELETE", "/instance/{id}/{field}", resetField],
];

/** The instance that a path names. @throws ApiError 404 */
export function instanceOf(request: ApiRequest): InstanceRecord {
  return request.zone.instance(param(request, "id"));
}

function list({ world, zone, query }: ApiRequest) {
  checkQuery(filters, query);
  const wanted = [...zone.instances.values()].filter((instance) => matches(instance, query));
  return { instances: wanted.map((instance) => listedInstanceBody(world, instance)) };
}

function matches(instance: InstanceRecord, query: URLSearchParams): boolean {
  const isAt = (address: string) => [instance.address, instance.ipv6Address].includes(address);
  const { type, id } = instance.manager ?? {};
  return (
    [null, "", type].includes(query.get("manager-type")) &&
    [null, "", id].includes(query.get("manager-id")) &&
    (!query.get("ip-address") || isAt(query.get("ip-address") ?? "")) &&
    hasLabels(instance, query.get("labels") ?? "")
  );
}

// The API document gives no syntax for this filter; this one accepts `key:value` separated by commas, or a key alone.
function hasLabels(instance: InstanceRecord, filter: string): boolean {
  return filter.split(",").every((pair) => {
    const [key = "", value] = pair.split(/[:=]/);
    return (
      key === "" || (Object.hasOwn(instance.labels, key) && (value === undefined || instance.labels[key] === value))
    );
  });
}

function create(request: ApiRequest) {
  const body = checkBody(createSchema, request.body);
  refuseAbsent(body);
  return createInstance(request.world, request.zone, {
    name: text(body, "name"),
    typeId: refId(body, "instance-type") ?? "",
    templateId: refId(body, "template") ?? "",
    diskSize: number(body, "disk-size") ?? 0,
    keyNames: keyNames(body) ?? [],
    securityGroups: refIds(body, "security-groups"),
    antiAffinityGroups: refIds(body, "anti-affinity-groups"),
    labels: textMap(body, "labels"),
    userData: text(body, "user-data"),
    publicIpAssignment: assignmentIn(body),
    autoStart: flag(body, "auto-start"),
    secureBoot: flag(body, "secureboot-enabled"),
    tpm: flag(body, "tpm-enabled"),
    consistentSnapshots: flag(body, "application-consistent-snapshot-enabled"),
    fault: request.fault,
  });
}

function update(request: ApiRequest) {
  const instance = instanceOf(request);
  const body = checkBody(updateSchema, request.body);
  const publicIpAssignment = assignmentAfter(request, instance, assignmentIn(body));
  const settle = () => {
    instance.name = text(body, "name") ?? instance.name;
    instance.userData = text(body, "user-data") ?? instance.userData;
    instance.publicIpAssignment = publicIpAssignment ?? instance.publicIpAssignment;
    instance.consistentSnapshots =
      flag(body, "application-consistent-snapshot-enabled") ?? instance.consistentSnapshots;
    // Absent keeps the labels, null clears them.
    if (body["labels"] !== undefined) instance.labels = textMap(body, "labels") ?? {};
  };
  return begin(request, { noun: "instance", id: instance.id, settle });
}

/** IPv6 cannot be disabled, as Exoscale's own tools say. Nobody has recorded a change from or to `none`. */
function assignmentAfter(
  { world }: ApiRequest,
  { publicIpAssignment: now }: InstanceRecord,
  wanted: InstanceRecord["publicIpAssignment"] | undefined,
) {
  if (now === "dual" && wanted === "inet4") throw unrecorded(409, "IPv6 cannot be disabled");
  const isSwitch = wanted !== undefined && now !== wanted && (now === "none" || wanted === "none");
  if (!isSwitch || world.settings.privateSwitch === "accepted") return wanted;
  if (world.settings.privateSwitch === "ignored") return undefined;
  throw unrecorded(409, `Public IP assignment cannot change from ${now} to ${wanted}`);
}

function remove(request: ApiRequest) {
  const { world, zone } = request;
  const instance = instanceOf(request);
  if (instance.isProtected) throw protectedInstance("delete-instance", instance.id);
  const before = instance.state;
  instance.state = "destroying";
  return begin(request, {
    noun: "instance",
    id: instance.id,
    work: () => instance.machine.destroy(),
    settle: () => {
      zone.instances.delete(instance.id);
      refillPool(world, zone, instance.manager?.id);
    },
    fail: () => {
      instance.state = before === "destroying" ? before : "error";
    },
  });
}

function resetField(request: ApiRequest) {
  const instance = instanceOf(request);
  if (param(request, "field") !== "labels") throw badRequest("Invalid value in field - should be one of: labels\n");
  const settle = () => {
    instance.labels = {};
  };
  return begin(request, { noun: "instance", id: instance.id, settle });
}
