import { UUID } from "./names";

/** How the API's answers and bodies name another resource. */
export interface Reference {
  /** Id (UUID) of the resource. */
  readonly id: string;
}

/** What is relied on in a reference. */
export const referenceShape = { id: UUID } as const;

/** How a body names an SSH key. */
export interface SshKeyReference {
  /** SSH key name. */
  readonly name: string;
}

/** What is relied on in a reference to an SSH key. */
export const keyReferenceShape = { name: "text" } as const;

/** Key-value pairs that a user, or this package, puts on a resource. */
export type Labels = Readonly<Record<string, string>>;

/** Which public addresses an instance gets: IPv4, both, or none. */
export type PublicIpAssignment = "inet4" | "dual" | "none";

/** What created an instance or a pool and manages it. */
export interface Manager {
  /** Id of the managing resource. */
  readonly id: string;
  /** Kind of the managing resource. */
  readonly type: "instance-pool" | "sks-nodepool";
}

/** What is relied on in a manager. */
export const managerShape = { id: "text", type: "text" } as const;
