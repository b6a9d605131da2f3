import type { InstanceType } from "./instance_types";
import { UUID } from "./names";
import {
  type Labels,
  type Manager,
  managerShape,
  type PublicIpAssignment,
  type Reference,
  referenceShape,
  type SshKeyReference,
} from "./references";
import type { Shape } from "./shape";
import type { SshKey } from "./ssh_keys";
import type { Template } from "./templates";

/** What an instance is doing. */
export type InstanceState =
  | "starting"
  | "running"
  | "stopping"
  | "stopped"
  | "migrating"
  | "error"
  | "destroying"
  | "destroyed"
  | "expunging";

/** An instance as a list shows it. */
export interface InstanceSummary {
  /** Instance ID. */
  readonly id: string;
  /** Instance name. */
  readonly name: string;
  /** What it is doing. */
  readonly state: InstanceState;
  /** When it was created, in ISO 8601. */
  readonly "created-at"?: string;
  /** Its type; often only with its id. */
  readonly "instance-type"?: Pick<InstanceType, "id"> & Partial<InstanceType>;
  /** Its template; often only with its id. */
  readonly template?: Pick<Template, "id"> & Partial<Template>;
  /** Public IPv4 address, given at creation. */
  readonly "public-ip"?: string;
  /** Public IPv6 address. */
  readonly "ipv6-address"?: string;
  /** Which public addresses it has. */
  readonly "public-ip-assignment"?: PublicIpAssignment;
  /** MAC address of the public interface. */
  readonly "mac-address"?: string;
  /** SSH keys that it was given at first boot, not the keys that it accepts now. */
  readonly "ssh-keys"?: readonly SshKey[];
  /** The first of `ssh-keys`. */
  readonly "ssh-key"?: SshKey;
  /** Security groups that it is in. */
  readonly "security-groups"?: readonly Reference[];
  /** Private networks that it is in. */
  readonly "private-networks"?: readonly Reference[];
  /** Labels. */
  readonly labels?: Labels;
  /** The pool that it belongs to. */
  readonly manager?: Manager;
}

/** An instance as it is read by its id. */
export interface Instance extends InstanceSummary {
  /** Size of the root disk in GiB. */
  readonly "disk-size"?: number;
  /** Cloud-init user data in base64; a secret. */
  readonly "user-data"?: string;
  /** Anti-affinity groups that it is in. */
  readonly "anti-affinity-groups"?: readonly Reference[];
  /** Elastic IPs that it has. */
  readonly "elastic-ips"?: readonly Reference[];
  /** Snapshots of its disk. */
  readonly snapshots?: readonly Reference[];
}

/** A key of an instance. Lists may have names alone. */
const keyShape: Shape = { name: "text", "fingerprint?": "text" };

/** What is relied on in an instance, listed or read. */
export const instanceShape: Shape = {
  id: UUID,
  name: "text",
  state: "text",
  "created-at?": "text",
  "instance-type?": referenceShape,
  "template?": referenceShape,
  "public-ip?": "text",
  "ipv6-address?": "text",
  "public-ip-assignment?": "text",
  "ssh-keys?": [keyShape],
  "ssh-key?": keyShape,
  "security-groups?": [referenceShape],
  "anti-affinity-groups?": [referenceShape],
  "labels?": "texts",
  "manager?": managerShape,
  "disk-size?": "number",
  "user-data?": "text",
};

/** The body that creates an instance. */
export interface CreateInstance {
  /** Instance name, 1 to 255 characters; default: the API invents one. */
  readonly name?: string;
  /** Size of the root disk in GiB, 10 to 51200. */
  readonly "disk-size": number;
  /** Its type. */
  readonly "instance-type": Reference;
  /** Its template. */
  readonly template: Reference;
  /** SSH keys that it is given at first boot; default none. */
  readonly "ssh-keys"?: readonly SshKeyReference[];
  /** Security groups; default: the group `default`. */
  readonly "security-groups"?: readonly Reference[];
  /** Anti-affinity groups; default none. */
  readonly "anti-affinity-groups"?: readonly Reference[];
  /** Cloud-init user data in base64, at most 32768 characters; a secret. */
  readonly "user-data"?: string;
  /** Which public addresses it gets; default `inet4`. */
  readonly "public-ip-assignment"?: PublicIpAssignment;
  /** Whether it is started at once; default true. */
  readonly "auto-start"?: boolean;
  /** Labels; default none. */
  readonly labels?: Labels;
}

/** The body that changes an instance; an absent field stays as it is. */
export interface InstanceUpdate {
  /** New name. */
  readonly name?: string;
  /** All labels that it is to have; null for none. */
  readonly labels?: Labels | null;
  /** Cloud-init user data in base64, read at the next boot; a secret. */
  readonly "user-data"?: string;
  /** Which public addresses it is to have. */
  readonly "public-ip-assignment"?: PublicIpAssignment;
}
