import { ApiError, OperationFailedError } from "../errors";
import type { Api, Call } from "./client";
import {
  type CreateInstance,
  type Instance,
  type InstanceState,
  type InstanceSummary,
  type InstanceUpdate,
  instanceShape,
} from "./instance";
import { idPath } from "./names";
import { deleteAndWait, putAndWait, waitForCreated } from "./operation";
import { pollUntil } from "./poll_until";
import type { Sharing } from "./shared_reads";

/** States that an instance leaves by itself. */
const transientStates: readonly InstanceState[] = ["starting", "stopping", "migrating"];
/** States from which an instance never returns. */
const endStates: readonly InstanceState[] = ["destroying", "destroyed", "expunging"];

/** How `create` handles failures while an instance is created. */
export interface Creation {
  /** Called as soon as the id is known and before the wait, so that the id can be saved whatever happens later. */
  readonly onAccepted?: (id: string) => void;
  /**
   * Finds the instance that an interrupted try has created, by a label in the body that is unique to this creation;
   * undefined when there is none. Called before a request that may have been carried out is sent again.
   */
  readonly findCreated: () => Promise<string | undefined>;
  /** Instant, in ms since 1970, by which the instance must be up; default ten minutes from now. */
  readonly deadline?: number | undefined;
}

/** The instances of a zone. Each change waits until it is done; `deadline` is an instant in ms since 1970. */
export class Instances {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Every instance of the zone, members of pools included. */
  list(sharing?: Sharing): Promise<readonly InstanceSummary[]> {
    return this.#api.list({ what: "list instances", path: "/instance" }, "instances", instanceShape, sharing);
  }

  /** The instance of that id, if the list has it. A list that many callers share; it lacks some members. */
  async findListed(id: string, sharing?: Sharing): Promise<InstanceSummary | undefined> {
    return (await this.list(sharing)).find((instance) => instance.id === id);
  }

  /** The instance of that id, if there is one. @throws InvalidNameError */
  async find(id: string): Promise<Instance | undefined> {
    return this.#api.find({ what: `read instance ${id}`, path: idPath("instance", id) }, instanceShape);
  }

  /**
   * Creates an instance and waits until it is up.
   *
   * @returns its id
   * @throws OperationFailedError when that failed; `onAccepted` was then called if there is an instance to delete
   */
  async create(body: CreateInstance, creation: Creation): Promise<string> {
    const what = body.name ? `create instance "${body.name}"` : "create an instance";
    const timed = { what, deadline: creation.deadline ?? this.#api.defaultDeadline(), kind: "POST /instance", body };
    const call = { what, deadline: timed.deadline, path: "/instance", body };
    const posted = await this.#api.post(call, creation.findCreated);
    if ("answer" in posted) return waitForCreated(this.#api, posted.answer, timed, creation);
    creation.onAccepted?.(posted.found);
    await this.#waitForStableState(posted.found, "POST", timed);
    return posted.found;
  }

  /** Changes fields that can be changed in any state; a field that the body lacks stays as it is. */
  async update(id: string, body: InstanceUpdate, deadline?: number): Promise<void> {
    await putAndWait(this.#api, { what: `update instance ${id}`, path: idPath("instance", id), body, deadline });
  }

  /** The same, without waiting for the end of the operation. */
  async beginUpdate(id: string, body: InstanceUpdate, deadline?: number): Promise<void> {
    await this.#api.put({ what: `update instance ${id}`, path: idPath("instance", id), body, deadline });
    this.#api.forgetLists();
  }

  /** Deletes the instance and waits until it is gone; does nothing when it is gone already. */
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

  /** Starts a stopped instance; does nothing when it is running already. */
  start(id: string, deadline?: number): Promise<void> {
    // The API document requires a body here, even if it is empty.
    const call = { what: `start instance ${id}`, path: ":start", body: {}, deadline };
    return this.#runAction(id, call, ({ state }) => state === "running");
  }

  /** Shuts an instance down; does nothing when it is stopped already. */
  stop(id: string, deadline?: number): Promise<void> {
    return this.#runAction(
      id,
      { what: `stop instance ${id}`, path: ":stop", deadline },
      ({ state }) => state === "stopped",
    );
  }

  /** Gives a stopped instance another type. The API may refuse one of another family. */
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
   * Sets or removes the protection against deletion, in any state. The API does not tell whether an instance is
   * protected, and accepts either request again when it was carried out already.
   */
  async protect(id: string, isProtected: boolean, deadline?: number): Promise<void> {
    const action = isProtected ? ":add-protection" : ":remove-protection";
    const what = `${isProtected ? "protect instance" : "remove the protection of instance"} ${id}`;
    await putAndWait(this.#api, { what, path: `${idPath("instance", id)}${action}`, deadline });
  }

  /**
   * Sends an action and waits for it. The API refuses an action that has taken effect already, perhaps by a try whose
   * reply was lost. So a refusal is an error only if the action has not taken effect.
   */
  async #runAction(id: string, call: Call, isDone: (instance: Instance) => boolean): Promise<void> {
    const deadline = call.deadline ?? this.#api.defaultDeadline();
    try {
      await putAndWait(this.#api, { ...call, path: `${idPath("instance", id)}${call.path}`, deadline });
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (!isDone(await this.#waitForStableState(id, call.path, { what: call.what, deadline }))) throw error;
    }
  }

  /** Waits until an instance is in a state that it stays in. */
  #waitForStableState(
    id: string,
    after: string,
    { what, deadline }: { what: string; deadline: number },
  ): Promise<Instance> {
    const wait = { what, deadline, kind: `state of an instance after ${after}`, atOnce: true };
    const read = async () => {
      const path = idPath("instance", id);
      const instance = await this.#api.get<Instance>({ what, deadline, path }, instanceShape);
      if (instance.state === "error" || endStates.includes(instance.state)) {
        throw new OperationFailedError(what, { resourceId: id, reason: `instance in state ${instance.state}` });
      }
      return transientStates.includes(instance.state) ? undefined : instance;
    };
    return pollUntil(this.#api, read, `instance ${id}`, wait);
  }

  /** Waits for the end of a deletion that has begun. */
  #waitUntilGone(id: string, wait: { what: string; deadline: number }): Promise<true> {
    const read = async () => {
      const instance = await this.find(id);
      return instance && instance.state === "destroying" ? undefined : true;
    };
    return pollUntil(this.#api, read, `instance ${id}`, {
      ...wait,
      kind: "instance that is being deleted",
      atOnce: true,
    });
  }
}

/** Whether the API refused a request because of the state of the resource. */
function isConflict(error: unknown): boolean {
  return error instanceof ApiError && [400, 409, 412].includes(error.status);
}
