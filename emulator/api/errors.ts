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

  /** The answer's body. @param form that of the bodies which nobody recorded */
  body(_form: Settings["unrecordedBodies"]): object | string {
    return this.findings ? { message: this.message, errors: this.findings } : { message: this.message };
  }
}

/** A refusal that clients count with and whose words nobody recorded: the form of its body is a switch. */
class UnrecordedError extends ApiError {
  override body(form: Settings["unrecordedBodies"]): object | string {
    if (form === "json") return super.body(form);
    return form === "text" ? `${this.message}\n` : "";
  }
}

/** 403: the signature is missing, wrong, expired, or made with another key. Never 401. */
export const invalidSignature = () => new ApiError(403, "Invalid request signature");

/** 403: the IAM role of the key does not allow this; recorded with these words. */
export const deniedByRole = () =>
  new ApiError(403, "Forbidden by role policy for compute - A deny rule matched. Rule index: 0");

/** 404: there is no such thing in this zone or organisation. */
export const notFound = (what: string) => new ApiError(404, `${what} not found`);

/** 400 for a body or query that breaks a documented constraint. */
export const badRequest = (message: string, findings?: readonly Finding[]) => new ApiError(400, message, findings);

/** 409: the request is well-formed and cannot be honoured. */
export const conflict = (message: string) => new ApiError(409, message);

/** A refusal with a status and a body that are switches. */
export const unrecorded = (status: number, message: string) => new UnrecordedError(status, message);

/** 429: too many requests in the last second. */
export const tooManyRequests = (seconds: number) =>
  new UnrecordedError(429, "Too many requests", undefined, { "retry-after": String(seconds) });

/** 400: an operation that wants a stopped instance met another one; the sentence is the real one. */
export const mustBeStopped = () => new ApiError(400, "The instance needs to be stopped.");

/** 403: what protection forbids; the sentence is the real one. */
export const protectedInstance = (operation: string, id: string) =>
  new ApiError(403, `Operation ${operation} on resource ${id} is forbidden - reason: manual instance protection`);
