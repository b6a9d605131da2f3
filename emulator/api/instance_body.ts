/** An instance as the API shows it. */
import type { InstanceRecord, ListedKey } from "./records";
import type { World } from "./world";

/** What GET /instance/{id} answers. References to type, template and groups are bare ids, as on the real API. */
export function instanceBody(world: World, instance: InstanceRecord): Record<string, unknown> {
  return {
    ...listedInstanceBody(world, instance),
    "disk-size": instance.diskSize,
    "disk-encrypted": true,
    "anti-affinity-groups": instance.antiAffinityGroups.map((id) => ({ id })),
    "elastic-ips": [],
    snapshots: [],
    "secureboot-enabled": false,
    "tpm-enabled": false,
    "application-consistent-snapshot-enabled": false,
    ...(instance.userData === undefined ? {} : { "user-data": instance.userData }),
  };
}

/** The smaller body that a listing shows. It has the keys, so one listing a zone finds every holder. */
export function listedInstanceBody(world: World, instance: InstanceRecord): Record<string, unknown> {
  const [first, ...more] = listedKeys(world, instance);
  return {
    id: instance.id,
    name: instance.name,
    "created-at": instance.createdAt,
    state: instance.state,
    "instance-type": { id: instance.typeId },
    template: { id: instance.templateId },
    "security-groups": instance.securityGroups.map((id) => ({ id })),
    "private-networks": [],
    labels: instance.labels,
    "public-ip-assignment": instance.publicIpAssignment,
    "mac-address": instance.macAddress,
    "ssh-keys": first ? [first, ...more] : [],
    // Both forms are answered, whichever one the creation used.
    ...(first && { "ssh-key": first }),
    ...(instance.manager && { manager: instance.manager }),
    ...(instance.publicIpAssignment !== "none" && { "public-ip": instance.address }),
    ...(instance.publicIpAssignment === "dual" && { "ipv6-address": instance.ipv6Address }),
  };
}

function listedKeys(world: World, { bootKeys }: InstanceRecord): readonly ListedKey[] {
  if (world.settings.deletedKeys === "listed") return bootKeys;
  return bootKeys.filter(({ name, fingerprint }) => world.keys.get(name)?.fingerprint === fingerprint);
}
