import { OperationTimeoutError, SshTimeoutError } from "../../errors";
import type { Context } from "../contract/resource";
import type { InstanceInputs } from "./fields";

/** What an instance is given time for. */
export type Timed = "create" | "update" | "delete";

/** Seconds that each may take where a program says nothing. */
export const defaultTimeoutSeconds = 600;

/** What says how long things may take: the inputs, or what stands in for them. */
export type Timeouts = Pick<InstanceInputs, "timeouts">;

/** The inputs' own times, and for what they do not say those of Pulumi's option. */
export function timeoutsOf({ timeouts }: Timeouts, { timeoutSeconds: all }: Context): Timeouts {
  return all === undefined ? { timeouts } : { timeouts: { create: all, update: all, delete: all, ...timeouts } };
}

/** The instant, in ms since 1970, by which an operation that begins now has to end. */
export function deadlineOf(inputs: Timeouts, operation: Timed): number {
  return Date.now() + secondsFor(inputs, operation) * 1000;
}

/**
 * Does it, and says, when the time was too short, which time that was and how a program gives more.
 *
 * @throws what the work throws; for OperationTimeoutError and SshTimeoutError one of the same kind
 */
export async function withinTimeout<T>(inputs: Timeouts, operation: Timed, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainTimeout(error, operation, secondsFor(inputs, operation));
  }
}

function explainTimeout(error: unknown, operation: Timed, seconds: number): unknown {
  const remedy = `allow more time: timeouts: { ${operation}: ${seconds * 2} } (it is ${seconds} s now)`;
  if (error instanceof OperationTimeoutError) {
    return new OperationTimeoutError(error.what, error.waitedFor, error.seconds, error.cause, remedy);
  }
  if (!(error instanceof SshTimeoutError)) return error;
  const message = `${error.message} Let this machine in (a security group that opens TCP 22), or ${remedy}.`;
  return new SshTimeoutError(message, { cause: error } satisfies ErrorOptions);
}

function secondsFor({ timeouts }: Timeouts, operation: Timed): number {
  return timeouts?.[operation] ?? defaultTimeoutSeconds;
}
