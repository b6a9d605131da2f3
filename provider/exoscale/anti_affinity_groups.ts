import type { Api } from "./client";
import { idPath, UUID } from "./names";
import { type Reference, referenceShape } from "./references";
import type { Shape } from "./shape";

/** A group of instances that are kept on different hosts. */
export interface AntiAffinityGroup {
  /** Anti-affinity group ID. */
  readonly id: string;
  /** Anti-affinity group name. */
  readonly name: string;
  /** Description. */
  readonly description?: string;
  /** Its members; absent in lists. */
  readonly instances?: readonly Reference[];
}

const groupShape: Shape = { id: UUID, name: "text", "instances?": [referenceShape] };

/** The anti-affinity groups of an organisation. */
export class AntiAffinityGroups {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Every group. */
  list(): Promise<readonly AntiAffinityGroup[]> {
    const call = { what: "list anti-affinity groups", path: "/anti-affinity-group" };
    return this.#api.list(call, "anti-affinity-groups", groupShape);
  }

  /** The group of that id, if there is one. @throws InvalidNameError */
  async find(id: string): Promise<AntiAffinityGroup | undefined> {
    const call = { what: `read anti-affinity group ${id}`, path: idPath("anti-affinity-group", id) };
    return this.#api.find(call, groupShape);
  }
}
