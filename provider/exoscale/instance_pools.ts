import type { Api } from "./client";
import { idPath, UUID } from "./names";
import { putAndWait } from "./operation";
import {
  keyReferenceShape,
  type Labels,
  type Manager,
  managerShape,
  type Reference,
  referenceShape,
  type SshKeyReference,
} from "./references";
import type { Shape } from "./shape";
import type { Sharing } from "./shared_reads";

/** A set of identical instances. The pool replaces lost members, and gives new ones its SSH keys. */
export interface InstancePool {
  /** Instance pool ID. */
  readonly id: string;
  /** Instance pool name. */
  readonly name: string;
  /** Description. */
  readonly description?: string;
  /** What the pool is doing. */
  readonly state?: "creating" | "destroying" | "running" | "scaling-down" | "scaling-up" | "suspended" | "updating";
  /** Number of members that the pool maintains. */
  readonly size?: number;
  /** Its members. */
  readonly instances?: readonly Reference[];
  /** SSH keys that new members get. */
  readonly "ssh-keys"?: readonly SshKeyReference[];
  /** The first of `ssh-keys`. */
  readonly "ssh-key"?: SshKeyReference;
  /** What manages the pool: a Kubernetes node pool, or nothing. */
  readonly manager?: Manager;
  /** Template that new members start from. */
  readonly template?: Reference;
  /** Labels. */
  readonly labels?: Labels;
}

const poolShape: Shape = {
  id: UUID,
  name: "text",
  "instances?": [referenceShape],
  "ssh-keys?": [keyReferenceShape],
  "ssh-key?": keyReferenceShape,
  "manager?": managerShape,
  "template?": referenceShape,
};

/** The fields that an update may change. An absent field stays as it is, except for the keys. */
export interface InstancePoolUpdate {
  /** All SSH keys that new members are to get. Always sent: without them the API clears the list. */
  readonly "ssh-keys": readonly SshKeyReference[];
}

/** The instance pools of a zone. */
export class InstancePools {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Every pool of the zone. */
  list(sharing?: Sharing): Promise<readonly InstancePool[]> {
    const call = { what: "list instance pools", path: "/instance-pool" };
    return this.#api.list(call, "instance-pools", poolShape, sharing);
  }

  /** The pool of that id, if there is one. @throws InvalidNameError */
  async find(id: string): Promise<InstancePool | undefined> {
    return this.#api.find({ what: `read instance pool ${id}`, path: idPath("instance-pool", id) }, poolShape);
  }

  /** Changes what new members get; existing members stay as they are. */
  async update(id: string, body: InstancePoolUpdate, deadline?: number): Promise<void> {
    const path = idPath("instance-pool", id);
    await putAndWait(this.#api, { what: `update instance pool ${id}`, path, body, deadline });
  }
}
