import { ApiError, OperationFailedError } from "../errors";
import type { Api, Call } from "./client";
import type { CreateInstance, Instance, InstanceState, InstanceSummary, InstanceUpdate } from "./instance";
import { idPath } from "./names";
import { deleteAndWait, type Operation, pollUntil, putAndWait, waitForCreated } from "./operation";

/** States that an instance passes through by itself. */
const transientStates: readonly InstanceState[] = ["starting", "stopping", "migrating"];
/** States of an instance that there is no way back from. */
const endStates: readonly InstanceState[] = ["destroying", "destroyed", "expunging"];

/** How `create` deals with what may go wrong while an instance is made. */
export interface Creation {
  /** Called as soon as the id is known and before the wait, so that it can be saved whatever happens then. */
  readonly accepted?: (id: string) => void;
  /**
   * Looks for an instance that an interrupted try has made, by a label in the body that is unique to this creation;
   * undefined when there is none. Asked before a request that may have been carried out is sent again.
   */
  readonly findCreated: () => Promise<string | undefined>;
  /** Instant, in ms since 1970, by which the instance must be up; default ten minutes from now. */
  readonly deadline?: number | undefined;
}

/** The instances of a zone. Changes end when Exoscale has made them; `deadline` is an instant in ms since 1970. */
export class Instances {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Every instance of the zone, members of pools included. */
  list(): Promise<readonly InstanceSummary[]> {
    return this.#api.list({ what: "list instances", path: "/instance" }, "instances");
  }

  /** The instance of that id, if there is one. @throws InvalidNameError */
  async find(id: string): Promise<Instance | undefined> {
    return this.#api.find({ what: `read instance ${id}`, path: idPath("instance", id) });
  }

  /**
   * Makes an instance and waits until it is up.
   *
   * @returns its id
   * @throws OperationFailedError when making it failed; `accepted` has then been called if there is something to remove
   */
  async create(body: CreateInstance, creation: Creation): Promise<string> {
    const what = body.name ? `create instance "${body.name}"` : "create an instance";
    const timed = { what, deadline: creation.deadline ?? this.#api.defaultDeadline() };
    const call = { ...timed, path: "/instance", body };
    const posted = await this.#api.post<Operation, string>(call, creation.findCreated);
    if ("answer" in posted) return waitForCreated(this.#api, posted.answer, timed, creation.accepted);
    creation.accepted?.(posted.found);
    await this.#waitForStableState(posted.found, timed);
    return posted.found;
  }

  /** Changes what can be changed in any state; what the body leaves out stays. */
  async update(id: string, body: InstanceUpdate, deadline?: number): Promise<void> {
    await putAndWait(this.#api, { what: `update instance ${id}`, path: idPath("instance", id), body, deadline });
  }

  /** Deletes the instance and waits until it is gone; content when it is gone already. */
  async remove(id: string, deadline?: number): Promise<void> {
    const timed = { what: `delete instance ${id}`, deadline: deadline ?? this.#api.defaultDeadline() };
    try {
      await deleteAndWait(this.#api, { ...timed, path: idPath("instance", id) });
    } catch (error) {
      if (!isConflict(error)) throw error;
      const instance = await this.find(id);
      if (instance && !endStates.includes(instance.state)) throw error;
      await this.#waitUntilGone(id, timed);
    }
  }

  /** Starts a stopped instance; content when it is running already. */
  start(id: string, deadline?: number): Promise<void> {
    // The API document wants a body here, if only an empty one.
    const call = { what: `start instance ${id}`, path: ":start", body: {}, deadline };
    return this.#runAction(id, call, ({ state }) => state === "running");
  }

  /** Shuts an instance down; content when it is stopped already. */
  stop(id: string, deadline?: number): Promise<void> {
    return this.#runAction(
      id,
      { what: `stop instance ${id}`, path: ":stop", deadline },
      ({ state }) => state === "stopped",
    );
  }

  /** Gives a stopped instance another type of the same family. */
  scale(id: string, typeId: string, deadline?: number): Promise<void> {
    const body = { "instance-type": { id: typeId } };
    const call = { what: `change the type of instance ${id}`, path: ":scale", body, deadline };
    return this.#runAction(id, call, (instance) => instance["instance-type"]?.id === typeId);
  }

  /** Gives a stopped instance a larger disk. @param gib size in GiB */
  resizeDisk(id: string, gib: number, deadline?: number): Promise<void> {
    const body = { "disk-size": gib };
    const call = { what: `resize the disk of instance ${id}`, path: ":resize-disk", body, deadline };
    return this.#runAction(id, call, (instance) => instance["disk-size"] === gib);
  }

  /**
   * Sets or removes the protection against deletion, in any state. The API tells nobody whether there is one, and takes
   * either request again when it was carried out already.
   */
  async protect(id: string, isProtected: boolean, deadline?: number): Promise<void> {
    const action = isProtected ? ":add-protection" : ":remove-protection";
    const what = `${isProtected ? "protect instance" : "remove the protection of instance"} ${id}`;
    await putAndWait(this.#api, { what, path: `${idPath("instance", id)}${action}`, deadline });
  }

  /**
   * An action that the API refuses when its effect is there already, which it may be since a try whose reply was lost:
   * so a refusal counts only when the effect is not there.
   */
  async #runAction(id: string, call: Call, isDone: (instance: Instance) => boolean): Promise<void> {
    const deadline = call.deadline ?? this.#api.defaultDeadline();
    try {
      await putAndWait(this.#api, { ...call, path: `${idPath("instance", id)}${call.path}`, deadline });
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (!isDone(await this.#waitForStableState(id, { what: call.what, deadline }))) throw error;
    }
  }

  /** Waits until an instance is in a state that it stays in. */
  #waitForStableState(id: string, wait: { what: string; deadline: number }): Promise<Instance> {
    const read = async () => {
      const path = idPath("instance", id);
      const instance = await this.#api.get<Instance>({ ...wait, path });
      if (instance.state === "error" || endStates.includes(instance.state)) {
        throw new OperationFailedError(wait.what, { resourceId: id, reason: `instance in state ${instance.state}` });
      }
      return transientStates.includes(instance.state) ? undefined : instance;
    };
    return pollUntil(this.#api, read, `instance ${id}`, wait);
  }

  /** Waits for the end of a deletion that somebody has begun. */
  #waitUntilGone(id: string, wait: { what: string; deadline: number }): Promise<true> {
    const read = async () => {
      const instance = await this.find(id);
      return instance && instance.state === "destroying" ? undefined : true;
    };
    return pollUntil(this.#api, read, `instance ${id}`, wait);
  }
}

/** Whether the API refused something because of the state that a resource is in. */
function isConflict(error: unknown): boolean {
  return error instanceof ApiError && [400, 409, 412].includes(error.status);
}
