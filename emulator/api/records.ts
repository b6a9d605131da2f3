/** What the emulated cloud remembers. Names of states and families are the API's. */
import type { Machine } from "../machine";

/** A registered SSH key. The account remembers the material; no answer ever shows it. */
export interface KeyRecord {
  readonly name: string;
  /** MD5 of the key, 47 characters of colon-separated hex. */
  readonly fingerprint: string;
  /** The one-line public key. */
  readonly publicKey: string;
}

/** A key as an instance lists it. */
export interface ListedKey {
  readonly name: string;
  readonly fingerprint: string;
}

/** The states an instance goes through here. */
export type InstanceState = "starting" | "running" | "stopping" | "stopped" | "error" | "destroying";

/** An instance of one zone. */
export interface InstanceRecord {
  readonly id: string;
  readonly createdAt: string;
  name: string;
  state: InstanceState;
  typeId: string;
  templateId: string;
  diskSize: number;
  labels: Record<string, string>;
  userData: string | undefined;
  publicIpAssignment: "inet4" | "dual" | "none";
  readonly address: string;
  readonly ipv6Address: string;
  readonly macAddress: string;
  /** The keys of first boot. No operation of the API ever changes them. */
  readonly bootKeys: readonly ListedKey[];
  securityGroups: string[];
  readonly antiAffinityGroups: readonly string[];
  readonly manager: { readonly type: "instance-pool"; readonly id: string } | undefined;
  isProtected: boolean;
  readonly machine: Machine;
}

/** One rule of a security group, in the words of the API. */
export interface RuleRecord {
  readonly id: string;
  readonly "flow-direction": string;
  readonly protocol: string;
  readonly description?: string;
  readonly network?: string;
  readonly "security-group"?: { readonly id: string; readonly name?: string };
  readonly "start-port"?: number;
  readonly "end-port"?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
}

/** A security group of the organisation. */
export interface SecurityGroupRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  rules: RuleRecord[];
}

/** An anti-affinity group of the organisation. */
export interface AntiAffinityGroupRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
}

/** An instance pool of one zone. */
export interface PoolRecord {
  readonly id: string;
  name: string;
  description: string | undefined;
  prefix: string;
  size: number;
  state: "creating" | "running" | "scaling-up" | "scaling-down" | "updating" | "destroying";
  typeId: string;
  templateId: string;
  diskSize: number;
  keyNames: readonly string[];
  securityGroups: readonly string[];
  antiAffinityGroups: readonly string[];
  labels: Record<string, string>;
  userData: string | undefined;
  /** The nodepool of a Kubernetes cluster that owns the pool. Its members name the pool all the same. */
  manager?: { readonly type: "sks-nodepool"; readonly id: string };
}

/** A size of instance. */
export interface InstanceTypeRecord {
  readonly id: string;
  readonly family: string;
  readonly size: string;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  /** False for types that an organisation has to ask for. */
  readonly authorized: boolean;
}

/** An image that instances boot from. */
export interface TemplateRecord {
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly visibility: "public" | "private";
  readonly defaultUser: string;
  /** Bytes; a disk is never smaller. */
  readonly size: number;
  /** Whether cloud-init puts keys on the guest. */
  readonly sshKeyEnabled: boolean;
}
