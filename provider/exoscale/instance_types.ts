import type { Api } from "./client";
import { idPath, UUID } from "./names";
import type { Shape } from "./shape";

/** A size of instances. */
export interface InstanceType {
  /** Instance type ID. */
  readonly id: string;
  /** Family, such as `standard`. */
  readonly family: string;
  /** Size within the family, such as `tiny`. */
  readonly size: string;
  /** Number of CPUs. */
  readonly cpus?: number;
  /** Number of GPUs; absent in families without. */
  readonly gpus?: number;
  /** Memory in bytes. */
  readonly memory?: number;
  /** False when the organisation has to ask for this type before it can use it. */
  readonly authorized?: boolean;
  /** Names of the zones that have it. */
  readonly zones?: readonly string[];
}

const typeShape: Shape = {
  id: UUID,
  family: "text",
  size: "text",
  "cpus?": "number",
  "memory?": "number",
  "authorized?": "boolean",
};

/** The instance types on offer. */
export class InstanceTypes {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Every type, authorized or not. */
  list(): Promise<readonly InstanceType[]> {
    return this.#api.list({ what: "list instance types", path: "/instance-type" }, "instance-types", typeShape);
  }

  /** The type of that id, if there is one. @throws InvalidNameError */
  async find(id: string): Promise<InstanceType | undefined> {
    return this.#api.find({ what: `read instance type ${id}`, path: idPath("instance-type", id) }, typeShape);
  }
}
