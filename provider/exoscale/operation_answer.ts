import { UUID } from "./names";
import type { Shape } from "./shape";

/** The API's answer to every change: work that is pending, done or failed. */
export interface Operation {
  /** Operation ID. */
  readonly id: string;
  /** Its state. Operations on SSH keys start in `success`, and any operation may start in `failure`. */
  readonly state: "pending" | "success" | "failure" | "timeout";
  /** Why it failed: busy, conflict, fault, forbidden, incorrect, interrupted, not-found, partial, unavailable... */
  readonly reason?: string;
  /** The failure in words. */
  readonly message?: string;
  /** The resource that it works on, known while it is pending; operations on SSH keys have none. */
  readonly reference?: {
    /** Id of the resource. */
    readonly id?: string;
    /** The command that reads it, such as `get-instance`. */
    readonly command?: string;
    /** The path that reads it. */
    readonly link?: string;
  };
  /** What start and stop have instead of `reference`, contrary to the API document. */
  readonly resource?: {
    /** Id of the resource. */
    readonly id?: string;
    /** Kind of the resource, such as `instance`. */
    readonly type?: string;
  };
}

/** What is relied on in an operation. */
export const operationShape: Shape = {
  id: UUID,
  state: /^(pending|success|failure|timeout)$/,
  "reason?": "text",
  "message?": "text",
  "reference?": { "id?": "text" },
  "resource?": { "id?": "text" },
};
