/** An instance as the API shows it. */
import type { InstanceRecord, KeyRecord, ListedKey } from "./records";
import type { World } from "./world";

/** What GET /instance/{id} answers. References to type, template and groups are bare ids, as on the real API. */
export function instanceBody(world: World, instance: InstanceRecord): Record<string, unknown> {
  return {
    ...common(instance),
    ...keysBody(world, instance),
    "disk-size": instance.diskSize,
    "disk-encrypted": true,
    "anti-affinity-groups": instance.antiAffinityGroups.map((id) => ({ id })),
    "elastic-ips": [],
    snapshots: [],
    "secureboot-enabled": instance.secureBoot,
    "tpm-enabled": instance.tpm,
    "application-consistent-snapshot-enabled": instance.consistentSnapshots,
    ...(instance.userData === undefined ? {} : { "user-data": instance.userData }),
  };
}

/** The shorter body in a list of instances. */
export function listedInstanceBody(world: World, instance: InstanceRecord): Record<string, unknown> {
  return { ...common(instance), ...(world.settings.keysInLists === "shown" && keysBody(world, instance)) };
}

function common(instance: InstanceRecord): Record<string, unknown> {
  return {
    id: instance.id,
    name: instance.name,
    "created-at": instance.createdAt,
    state: instance.state,
    "instance-type": { id: instance.typeId },
    template: { id: instance.templateId },
    // The API drops the groups of a private instance without an error.
    "security-groups": instance.publicIpAssignment === "none" ? [] : instance.securityGroups.map((id) => ({ id })),
    "private-networks": [],
    labels: instance.labels,
    "public-ip-assignment": instance.publicIpAssignment,
    "mac-address": instance.macAddress,
    ...(instance.manager && { manager: instance.manager }),
    ...(instance.publicIpAssignment !== "none" && { "public-ip": instance.address }),
    ...(instance.publicIpAssignment === "dual" && { "ipv6-address": instance.ipv6Address }),
  };
}

/** The answer has both forms, whichever form the creation used. */
function keysBody(world: World, instance: InstanceRecord) {
  const keys = listedKeys(world, instance);
  return { "ssh-keys": keys, ...(keys[0] && { "ssh-key": keys[0] }) };
}

function listedKeys({ keys, settings }: World, { bootKeys }: InstanceRecord): readonly Partial<ListedKey>[] {
  switch (settings.deletedKeys) {
    case "listed":
      return bootKeys;
    case "dropped":
      return bootKeys.filter(({ name, fingerprint }) => keys.get(name)?.fingerprint === fingerprint);
    case "by-name":
      return bootKeys.map(({ name }) => ({ name, ...present(keys.get(name)) }));
  }
}

const present = (key: KeyRecord | undefined) => key && { fingerprint: key.fingerprint };
