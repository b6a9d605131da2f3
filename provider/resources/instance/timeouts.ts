import { OperationTimeoutError, SshTimeoutError } from "../../errors";
import type { Context } from "../contract/resource";
import type { InstanceInputs } from "./fields";

/** The operations that have a timeout. */
export type Timed = "create" | "update" | "delete";

/** Seconds that each may take if the program gives none. */
const DEFAULT_TIMEOUT_SECONDS = 600;

/** The part of the inputs that has the timeouts. */
export type Timeouts = Pick<InstanceInputs, "timeouts">;

/** The timeouts of the inputs; for those that are not given, the one of Pulumi's option. */
export function timeoutsOf({ timeouts }: Timeouts, { timeoutSeconds: all }: Context): Timeouts {
  return all === undefined ? { timeouts } : { timeouts: { create: all, update: all, delete: all, ...timeouts } };
}

/** The time, in ms since 1970, by which an operation that begins now has to end. */
export function deadlineOf(inputs: Timeouts, operation: Timed): number {
  return Date.now() + secondsFor(inputs, operation) * 1000;
}

/**
 * Runs the work. If it times out, the error names the timeout and says how to raise it.
 *
 * @throws what the work throws; OperationTimeoutError and SshTimeoutError with the remedy added
 */
export async function withinTimeout<T>(inputs: Timeouts, operation: Timed, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainTimeout(error, operation, secondsFor(inputs, operation));
  }
}

function explainTimeout(error: unknown, operation: Timed, seconds: number): unknown {
  const longer = `timeouts: { ${operation}: ${seconds * 2} } (it is ${seconds} s now)`;
  if (error instanceof OperationTimeoutError) {
    return new OperationTimeoutError(
      error.what,
      error.waitedFor,
      error.seconds,
      error.cause,
      `allow more time: ${longer}`,
    );
  }
  if (!(error instanceof SshTimeoutError)) return error;
  return new SshTimeoutError(`${error.message} To wait longer: ${longer}.`, { cause: error } satisfies ErrorOptions);
}

function secondsFor({ timeouts }: Timeouts, operation: Timed): number {
  return timeouts?.[operation] ?? DEFAULT_TIMEOUT_SECONDS;
}
