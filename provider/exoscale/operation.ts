import { ApiError, ApiUnreachableError, OperationFailedError, OperationTimeoutError } from "../errors";
import type { Api, Call } from "./client";
import { idPath } from "./names";
import { type Operation, operationShape } from "./operation_answer";

export type { Operation } from "./operation_answer";

/** What a wait is for, and how long it may take. */
export type Wait = Pick<Call, "what" | "deadline">;

/** First pause between two polls, in ms; each further one is longer by PAUSE_GROWTH. */
const FIRST_PAUSE = 30;
const PAUSE_GROWTH = 1.3;
const LONGEST_PAUSE = 2000;
/** Milliseconds of an outage of the API after which a wait ends: outages that pass by themselves are shorter. */
const LONGEST_OUTAGE = 180_000;

const hints: Readonly<Record<string, string>> = {
  busy: "Another operation works on it: try again when that is over",
  conflict: "Another operation works on it: try again when that is over",
  unavailable: "The zone may have no capacity left: try another type or zone, or later",
  fault: "This is a fault on Exoscale's side: try again later",
  interrupted: "Try again",
};

/** The id of the resource that an operation works on, if it names one. */
export function resourceId(operation: Operation): string | undefined {
  return operation.reference?.id ?? operation.resource?.id;
}

/**
 * Waits until an operation has succeeded. If it has succeeded already, no request is sent.
 *
 * @throws OperationFailedError when it ended, or started, in `failure` or `timeout`
 * @throws OperationTimeoutError when it is still pending at the deadline
 */
export async function waitForOperation(api: Api, operation: Operation, wait: Wait): Promise<Operation> {
  const { what, deadline = api.defaultDeadline() } = wait;
  const poll = async () => {
    const latest = await api.get<Operation>(
      { what, path: idPath("operation", operation.id), deadline },
      operationShape,
    );
    return hasSucceeded(latest, wait) ? latest : undefined;
  };
  const end = hasSucceeded(operation, wait)
    ? operation
    : await pollUntil(api, poll, `operation ${operation.id}`, { what, deadline });
  api.forgetLists();
  return end;
}

/** Whether an operation has succeeded. @throws OperationFailedError when it has failed */
function hasSucceeded(operation: Operation, { what }: Wait): boolean {
  const { id, state, reason, message } = operation;
  switch (state) {
    case "success":
      return true;
    case "pending":
      return false;
    case "failure":
    case "timeout":
      throw new OperationFailedError(what, {
        operationId: id,
        resourceId: resourceId(operation),
        reason: reason ?? state,
        serverMessage: message,
        hint: reason ? hints[reason] : undefined,
      });
  }
}

/**
 * Reads at once, and then with growing pauses, until `read` gives a value. A short outage of the API does not end the
 * wait, because the operation continues meanwhile.
 *
 * @param waitedFor what the wait is for, in an error: `operation <id>`
 * @throws OperationTimeoutError when there is no value at the deadline
 * @throws ApiUnreachableError, ApiError when no read succeeded for three minutes
 */
export async function pollUntil<T>(api: Api, read: () => Promise<T | undefined>, waitedFor: string, wait: Wait) {
  const { clock, signal } = api;
  const start = clock.now();
  const deadline = wait.deadline ?? api.defaultDeadline();
  let outage: { readonly error: unknown; readonly since: number } | undefined;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE)) {
    try {
      const seen = await read();
      if (seen !== undefined) return seen;
      outage = undefined;
    } catch (error) {
      outage = { error, since: outage?.since ?? clock.now() };
      if (!isTransient(error) || clock.now() - outage.since > LONGEST_OUTAGE) throw error;
    }
    const left = deadline - clock.now();
    if (left <= 0) {
      throw new OperationTimeoutError(wait.what, waitedFor, Math.round((clock.now() - start) / 1000), outage?.error);
    }
    await clock.sleep(Math.min(pause, left), signal);
  }
}

/** Whether an error says nothing about the resource: no answer, a malformed one, too many requests, a server error. */
function isTransient(error: unknown): boolean {
  if (error instanceof ApiUnreachableError) return true;
  return error instanceof ApiError && (error.status < 300 || error.status === 429 || error.status >= 500);
}

/** Sends a PUT and waits for its operation. */
export async function putAndWait(api: Api, call: Call): Promise<Operation> {
  const timed = { ...call, deadline: call.deadline ?? api.defaultDeadline() };
  return waitForOperation(api, await api.put(timed), timed);
}

/** How the id of a new resource is found, and to whom it is told. */
export interface NewResource {
  /** Called once, as soon as the id is known. */
  readonly onAccepted?: ((id: string) => void) | undefined;
  /** Looks for a resource that its operation does not name; undefined when there is none. */
  readonly findCreated: () => Promise<string | undefined>;
}

/** Waits for the operation that creates a resource. @returns the id of the resource */
export async function waitForCreated(
  api: Api,
  operation: Operation,
  wait: Wait,
  { onAccepted, findCreated }: NewResource,
): Promise<string> {
  const early = resourceId(operation);
  if (early) onAccepted?.(early);
  const id = resourceId(await waitForOperation(api, operation, wait)) ?? early ?? (await findCreated());
  if (!id) throw unnamedResource(wait.what, operation.id);
  if (!early) onAccepted?.(id);
  return id;
}

function unnamedResource(what: string, id: string): ApiError {
  const messages = ["the operation has succeeded, but names no resource, and none is found"];
  return new ApiError({ what, method: "GET", path: idPath("operation", id) }, { status: 200, messages });
}

/** Sends a DELETE and waits for its operation; does nothing when the resource is gone already. */
export async function deleteAndWait(api: Api, call: Call): Promise<void> {
  const timed = { ...call, deadline: call.deadline ?? api.defaultDeadline() };
  const operation = await api.delete(timed);
  if (!operation) return;
  try {
    await waitForOperation(api, operation, timed);
  } catch (error) {
    if (!(error instanceof OperationFailedError) || error.failure.reason !== "not-found") throw error;
  }
}
