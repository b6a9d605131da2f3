/** The records of the emulated cloud. States and families have the API's names. */
import type { Machine } from "../machine";

/** A registered SSH key. No answer of the API shows the public key. */
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

/** The states of an instance in the emulator. */
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
  /** The keys of the first boot. No operation of the API changes them. */
  readonly bootKeys: readonly ListedKey[];
  securityGroups: string[];
  readonly antiAffinityGroups: readonly string[];
  /** Secure boot is chosen at the creation. */
  readonly secureBoot: boolean;
  /** Once enabled it stays so. */
  tpm: boolean;
  /** Whether snapshots are consistent for the applications in the guest. */
  consistentSnapshots: boolean;
  readonly manager: { readonly type: "instance-pool"; readonly id: string } | undefined;
  isProtected: boolean;
  readonly machine: Machine;
}

/** One rule of a security group, with the API's field names. */
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
  publicIpAssignment: InstanceRecord["publicIpAssignment"];
  consistentSnapshots: boolean;
  /** How many members a planned outage leaves. */
  minAvailable: number;
  /**
   * The nodepool of a Kubernetes cluster that owns the pool. Members have the pool as their manager, not the nodepool.
   */
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
  /** Only on types with GPUs. */
  readonly gpus?: number;
  /** False for types that need an authorization. */
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
  /** Bytes. A disk has at least this size. */
  readonly size: number;
  /** Whether cloud-init installs keys in the guest. */
  readonly sshKeyEnabled: boolean;
}
