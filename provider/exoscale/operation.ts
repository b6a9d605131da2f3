import { ApiError, OperationFailedError } from "../errors";
import type { Api, Call } from "./client";
import { idPath, isId } from "./names";
import { type Operation, operationShape } from "./operation_answer";
import { pollUntil, type Wait } from "./poll_until";
import { redact, secretTexts } from "./secret_texts";
import { serverText } from "./server_text";

export type { Operation } from "./operation_answer";
export type { Wait } from "./poll_until";

/** By the reason of a failure. */
const hints: ReadonlyMap<string, string> = new Map([
  ["busy", "Another operation works on it: try again when that is over"],
  ["conflict", "Another operation works on it: try again when that is over"],
  ["unavailable", "The zone may have no capacity left: try another type or zone, or later"],
  ["fault", "This is a fault on Exoscale's side: try again later"],
  ["interrupted", "Try again"],
]);

/** The id of the resource that an operation works on, if it names one. What is no id of a resource names none. */
export function resourceId(operation: Operation): string | undefined {
  return [operation.reference?.id, operation.resource?.id].find((id) => id !== undefined && isId(id));
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
  if (hasSucceeded(operation, wait)) return operation;
  const end = await pollUntil(api, poll, `operation ${operation.id}`, { ...wait, deadline });
  api.forgetLists();
  return end;
}

/** Whether an operation has succeeded. @throws OperationFailedError when it has failed */
function hasSucceeded(operation: Operation, wait: Pick<Wait, "what" | "body">): boolean {
  const { id, state, reason, message } = operation;
  switch (state) {
    case "success":
      return true;
    case "pending":
      return false;
    case "failure":
    case "timeout":
      throw new OperationFailedError(wait.what, {
        operationId: id,
        resourceId: resourceId(operation),
        reason: serverText(reason ?? state),
        serverMessage: message && serverText(redact(message, secretTexts(wait))),
        hint: reason ? hints.get(reason) : undefined,
      });
  }
}

/** Sends a PUT and waits for its operation. */
export async function putAndWait(api: Api, call: Call): Promise<Operation> {
  const timed = { ...call, deadline: call.deadline ?? api.defaultDeadline() };
  return waitForOperation(api, await api.put(timed), { ...timed, kind: kindOf("PUT", call) });
}

/** The kind of the operation that a request begins: its method, and its path without ids and names. */
export function kindOf(method: "POST" | "PUT" | "DELETE", { path }: Pick<Call, "path">): string {
  return `${method} ${path.replace(/^(\/[^/]+\/)[^/:]+/, "$1{id}").replace(/[0-9a-f-]{36}/gi, "{id}")}`;
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
    await waitForOperation(api, operation, { ...timed, kind: kindOf("DELETE", call) });
  } catch (error) {
    if (!(error instanceof OperationFailedError) || error.failure.reason !== "not-found") throw error;
  }
}
