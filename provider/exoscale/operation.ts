import { ApiError, ApiUnreachableError, OperationFailedError, OperationTimeoutError } from "../errors";
import type { Api, Call } from "./client";
import { idPath } from "./names";

/** What the API answers to every change: a piece of work that is done, under way, or failed. */
export interface Operation {
  /** Operation ID. */
  readonly id: string;
  /** How far it is. Operations on SSH keys are born in `success`, and any may be born in `failure`. */
  readonly state: "pending" | "success" | "failure" | "timeout";
  /** Why it failed: busy, conflict, fault, forbidden, incorrect, interrupted, not-found, partial, unavailable... */
  readonly reason?: string;
  /** The failure in words. */
  readonly message?: string;
  /** What it works on, known while it is still pending; SSH key operations have none. */
  readonly reference?: {
    /** Id of the resource. */
    readonly id?: string;
    /** The command that reads it, such as `get-instance`. */
    readonly command?: string;
    /** The path that reads it. */
    readonly link?: string;
  };
  /** What start and stop have in place of `reference`, against the API document. */
  readonly resource?: {
    /** Id of the resource. */
    readonly id?: string;
    /** Kind of the resource, such as `instance`. */
    readonly type?: string;
  };
}

/** What a wait is for, and how long it may take. */
export type Wait = Pick<Call, "what" | "deadline">;

/** First pause between two polls, in ms; each is longer than the one before by PAUSE_GROWTH. */
const FIRST_PAUSE = 30;
const PAUSE_GROWTH = 1.3;
const LONGEST_PAUSE = 2000;
/** An API that cannot be asked for this long ends a wait, in ms: longer than the outages that pass by themselves. */
const LONGEST_OUTAGE = 180_000;

const hints: Readonly<Record<string, string>> = {
  busy: "Something else is being done to it: try again when that is over",
  conflict: "Something else is being done to it: try again when that is over",
  unavailable: "The zone may have no capacity left: try another type or zone, or later",
  fault: "This is a fault on Exoscale's side: try again later",
  interrupted: "Try again",
};

/** The id of what an operation works on, if it says so. */
export function resourceId(operation: Operation): string | undefined {
  return operation.reference?.id ?? operation.resource?.id;
}

/**
 * Waits until an operation has succeeded. One that has done so already costs no request.
 *
 * @throws OperationFailedError when it ended, or was born, in `failure` or `timeout`
 * @throws OperationTimeoutError when it is still pending at the deadline
 */
export async function waitForOperation(api: Api, operation: Operation, wait: Wait): Promise<Operation> {
  const { what, deadline = api.defaultDeadline() } = wait;
  const poll = async () => {
    const latest = await api.get<Operation>({ what, path: idPath("operation", operation.id), deadline });
    return hasSucceeded(latest, wait) ? latest : undefined;
  };
  const end = hasSucceeded(operation, wait)
    ? operation
    : await pollUntil(api, poll, `operation ${operation.id}`, { what, deadline });
  api.forgetLists();
  return end;
}

/** Whether an operation has succeeded; throws when it has ended otherwise. */
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
    default:
      throw unexpectedAnswer(what, `an operation in the unknown state ${JSON.stringify(state)}`);
  }
}

function unexpectedAnswer(what: string, answer: string): ApiError {
  return new ApiError({ what, method: "GET", path: "/operation" }, { status: 200, messages: [answer] });
}

/**
 * Looks at once, then again and again with growing pauses, until there is something to see. An API that cannot be
 * reached for a while does not end the wait: what was begun goes on without us.
 *
 * @param waitedFor what the wait is for, in an error: `operation <id>`
 * @throws OperationTimeoutError when there is nothing to see at the deadline
 * @throws ApiUnreachableError, ApiError when it could not be looked for three minutes
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

/** Whether an error says nothing about the thing that is waited for: no answer, too many requests, a server error. */
function isTransient(error: unknown): boolean {
  if (error instanceof ApiUnreachableError) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}

/** Makes a change and waits until it is made. */
export async function putAndWait(api: Api, call: Call): Promise<Operation> {
  const timed = { ...call, deadline: call.deadline ?? api.defaultDeadline() };
  return waitForOperation(api, await api.put<Operation>(timed), timed);
}

/**
 * Waits until something is made.
 *
 * @param accepted called once, as soon as the id of what is being made is known
 * @returns that id
 */
export async function waitForCreated(
  api: Api,
  operation: Operation,
  wait: Wait,
  accepted?: (id: string) => void,
): Promise<string> {
  const early = resourceId(operation);
  if (early) accepted?.(early);
  const id = resourceId(await waitForOperation(api, operation, wait)) ?? early;
  if (!id) throw unexpectedAnswer(wait.what, "an operation that names no resource");
  if (!early) accepted?.(id);
  return id;
}

/** Deletes and waits until it is gone; content when it is gone already. */
export async function deleteAndWait(api: Api, call: Call): Promise<void> {
  const timed = { ...call, deadline: call.deadline ?? api.defaultDeadline() };
  const operation = await api.delete<Operation>(timed);
  if (!operation) return;
  try {
    await waitForOperation(api, operation, timed);
  } catch (error) {
    if (!(error instanceof OperationFailedError) || error.failure.reason !== "not-found") throw error;
  }
}
