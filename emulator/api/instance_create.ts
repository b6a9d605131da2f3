/** Creation of an instance, by a request or by a pool: the only time at which keys reach a guest. */
import { randomBytes, randomUUID } from "node:crypto";
import { instanceTypes } from "./catalogue";
import { badRequest, conflict, notFound, unrecorded } from "./errors";
import type { OperationBody, OperationFault } from "./operations";
import type { InstanceRecord, KeyRecord, ListedKey, TemplateRecord } from "./records";
import { lookUp, type World, type Zone } from "./world";

/** The values of a creation. */
export interface Order {
  readonly name?: string | undefined;
  readonly typeId: string;
  readonly templateId: string;
  readonly diskSize: number;
  readonly keyNames: readonly string[];
  /** Undefined: the group `default`. */
  readonly securityGroups?: readonly string[] | undefined;
  readonly antiAffinityGroups?: readonly string[] | undefined;
  readonly labels?: Record<string, string> | undefined;
  readonly userData?: string | undefined;
  readonly publicIpAssignment?: InstanceRecord["publicIpAssignment"] | undefined;
  readonly autoStart?: boolean | undefined;
  /** Default: false. */
  readonly secureBoot?: boolean | undefined;
  /** Default: false. */
  readonly tpm?: boolean | undefined;
  /** Default: false. */
  readonly consistentSnapshots?: boolean | undefined;
  readonly manager?: InstanceRecord["manager"];
  readonly fault?: OperationFault | undefined;
}

/** Creates the instance at once. @returns the operation that starts it. @throws ApiError when a value is invalid */
export function createInstance(world: World, zone: Zone, order: Order): OperationBody {
  const instance = newInstance(world, zone, order);
  zone.instances.set(instance.id, instance);
  const starts = order.autoStart ?? true;
  return world.operations.begin({
    noun: "instance",
    id: instance.id,
    fault: order.fault,
    work: () => (starts ? instance.machine.start() : instance.machine.guest()),
    settle: () => setState(instance, starts ? "running" : "stopped"),
    fail: () => setState(instance, "error"),
  });
}

/** Sets the state, unless the deletion of the instance has begun. */
export function setState(instance: InstanceRecord, state: InstanceRecord["state"]): void {
  if (instance.state !== "destroying") instance.state = state;
}

/** @throws ApiError 409 when the account cannot have so many instances more */
export function checkQuota({ settings, instances }: World, more: number): void {
  const { instanceQuota } = settings;
  if (instanceQuota !== undefined && instances.length + more > instanceQuota) throw quotaExceeded();
}

/** 409: the account has too many instances. */
export const quotaExceeded = () => conflict("Quota exceeded for resource instance");

/** What the values of an order refer to. @throws ApiError for what does not exist or does not fit */
export function lookUpOrder(world: World, zone: Zone, order: Order) {
  const template = checkTemplate(zone, order);
  const keys = lookUpKeys(world, order.keyNames);
  if (!template.sshKeyEnabled && keys.length > 0 && world.settings.keysWithoutSupport === "refused") {
    throw unrecorded(400, `Template ${template.name} does not support SSH keys`);
  }
  const securityGroups = checkIds(world.securityGroups, order.securityGroups, "Security group");
  const antiAffinityGroups = checkIds(world.antiAffinityGroups, order.antiAffinityGroups, "Anti-affinity group");
  return { template, keys, securityGroups, antiAffinityGroups };
}

function newInstance(world: World, zone: Zone, order: Order): InstanceRecord {
  checkQuota(world, 1);
  const { template, keys, securityGroups, antiAffinityGroups } = lookUpOrder(world, zone, order);
  const id = randomUUID();
  const name = order.name ?? `VM-${id}`;
  const address = world.addresses.take();
  // Without key support in the template, the instance lists its keys, but the guest gets neither them nor the user
  // data.
  const publicKeys = template.sshKeyEnabled ? keys.map(({ publicKey }) => publicKey) : [];
  const userData = template.sshKeyEnabled ? order.userData : undefined;
  return {
    id,
    createdAt: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    name,
    state: "starting",
    typeId: order.typeId,
    templateId: template.id,
    diskSize: order.diskSize,
    labels: order.labels ?? {},
    userData: order.userData,
    publicIpAssignment: order.publicIpAssignment ?? "inet4",
    address,
    // The documentation block of RFC 3849: no real host answers there.
    ipv6Address: `2001:db8::${randomBytes(2).toString("hex")}:${randomBytes(2).toString("hex")}`,
    macAddress: `06:${(randomBytes(5).toString("hex").match(/../g) ?? []).join(":")}`,
    bootKeys: listedAs(world, keys),
    securityGroups: securityGroups ?? [defaultGroup(world)],
    antiAffinityGroups: antiAffinityGroups ?? [],
    secureBoot: order.secureBoot ?? false,
    tpm: order.tpm ?? false,
    consistentSnapshots: order.consistentSnapshots ?? false,
    manager: order.manager,
    isProtected: false,
    machine: world.machineFor(id, { hostname: name, user: template.defaultUser, publicKeys, address, userData }),
  };
}

function checkTemplate(zone: Zone, order: Order): TemplateRecord {
  const type = instanceTypes.find(({ id }) => id === order.typeId);
  if (!type) throw notFound("Instance type");
  if (!type.authorized) throw unrecorded(409, `Instance type ${type.family}.${type.size} is not authorized`);
  const template = lookUp(zone.templates, order.templateId, "Template");
  if (order.diskSize * 1024 ** 3 >= template.size) return template;
  throw badRequest(`Disk size ${order.diskSize} GiB is smaller than the template's ${template.size / 1024 ** 3} GiB`);
}

/** The registered keys of these names. @throws ApiError for an unregistered one; the settings decide its status */
export function lookUpKeys(world: World, names: readonly string[]): KeyRecord[] {
  return names.map((name) => {
    const key = world.keys.get(name);
    if (key) return key;
    throw unrecorded(world.settings.unknownKeyAtCreate, `SSH key ${name} not found`);
  });
}

/** With `namesOfOneKey: "first"`, two names of one key are listed as one. */
function listedAs(world: World, keys: readonly KeyRecord[]): ListedKey[] {
  const registered = [...world.keys.values()];
  const isAsked = world.settings.namesOfOneKey === "asked";
  const named = keys.map((key) => (isAsked ? key : firstOf(registered, key)));
  return [...new Set(named)].map(({ name, fingerprint }) => ({ name, fingerprint }));
}

function firstOf(registered: readonly KeyRecord[], key: KeyRecord): KeyRecord {
  return registered.find(({ fingerprint }) => fingerprint === key.fingerprint) ?? key;
}

function checkIds(map: ReadonlyMap<string, unknown>, ids: readonly string[] | undefined, what: string) {
  for (const id of ids ?? []) lookUp(map, id, what);
  return ids && [...ids];
}

function defaultGroup(world: World): string {
  const group = [...world.securityGroups.values()].find(({ name }) => name === "default");
  if (!group) throw conflict("The organisation has no default security group");
  return group.id;
}
