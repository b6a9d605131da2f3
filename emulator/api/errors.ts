/** The error answers of the API, with the status codes and bodies that its clients have recorded. */

import type { Settings } from "../settings";

/** One finding of a body check: where, and what should have been there. */
export interface Finding {
  /** Property names from the body's root to the wrong value. */
  readonly in: readonly (string | number)[];
  /** The same, joined by dots. */
  readonly path: string;
  /** What the value should be. */
  readonly message: string;
  /** The property's title in the API document. */
  readonly description: string;
}

/** An answer other than 200, thrown by a route and written by the server. */
export class ApiError extends Error {
  constructor(
    /** HTTP status of the answer. */
    readonly status: number,
    message: string,
    /** Findings of a body check, sent as `errors`. */
    readonly findings?: readonly Finding[],
    /** Headers of the answer. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** The answer's body. @param form the form of bodies that nobody has recorded */
  body(_form: Settings["unrecordedBodies"]): object | string {
    return this.findings ? { message: this.message, errors: this.findings } : { message: this.message };
  }
}

/** A refusal that clients expect and whose body nobody has recorded. A setting decides the form of its body. */
class UnrecordedError extends ApiError {
  override body(form: Settings["unrecordedBodies"]): object | string {
    if (form === "json") return super.body(form);
    return form === "text" ? `${this.message}\n` : "";
  }
}

/** 403: the signature is missing, wrong, expired, or made with another key. Never 401. */
export const invalidSignature = () => new ApiError(403, "Invalid request signature");

/** 403: the IAM role of the key denies the request. The message is a recorded one. */
export const deniedByRole = () =>
  new ApiError(403, "Forbidden by role policy for compute - A deny rule matched. Rule index: 0");

/** 404: the object does not exist in this zone or organisation. */
export const notFound = (what: string) => new ApiError(404, `${what} not found`);

/** 400 for a body or query that breaks a documented constraint. */
export const badRequest = (message: string, findings?: readonly Finding[]) => new ApiError(400, message, findings);

/** 409: the request is well-formed and cannot be fulfilled. */
export const conflict = (message: string) => new ApiError(409, message);

/** A refusal whose status and body depend on settings. */
export const unrecorded = (status: number, message: string) => new UnrecordedError(status, message);

/** 429: too many requests in the last second. */
export const tooManyRequests = (seconds: number) =>
  new UnrecordedError(429, "Too many requests", undefined, { "retry-after": String(seconds) });

/** 400: the operation needs a stopped instance. The message is a recorded one. */
export const mustBeStopped = () => new ApiError(400, "The instance needs to be stopped.");

/** 403: the protection of the instance forbids the operation. The message is a recorded one. */
export const protectedInstance = (operation: string, id: string) =>
  new ApiError(403, `Operation ${operation} on resource ${id} is forbidden - reason: manual instance protection`);
