import type { FaultKind } from "../faults";

/** A request that was answered or met a fault. It has no headers and no body, and therefore no secret. */
export interface RecordedRequest {
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  readonly zone: string;
  readonly method: string;
  /** Path with `/v2` and the query, as sent. */
  readonly path: string;
  /** Status of the answer; 0 when the connection ended without one. */
  readonly status: number;
  /** Milliseconds until the answer was written. */
  readonly ms: number;
}

/** A request and its answer with their bodies, which contain user data. For tests only. */
export interface Exchange {
  /** The part without secrets, which is recorded and logged. */
  readonly request: RecordedRequest;
  /** The client's `User-Agent`; empty when there is none. */
  readonly agent: string;
  /** Body of the request; empty when there is none. */
  readonly sent: string;
  /** Body of the answer; empty when the connection ended without one. */
  readonly answered: string;
  /**
   * The kind of the ordered fault that the request met, if any. With `status` the answer is the test's, not the API's.
   */
  readonly fault: FaultKind["kind"] | undefined;
}

/** A request on one line, without a secret: `08:03:02.123 POST   /v2/instance 200 3 ms ch-gva-2`. */
export function logLine({ at, zone, method, path, status, ms }: RecordedRequest): string {
  const time = new Date(at).toISOString().slice(11, 23);
  return `${time} ${method.padEnd(6)} ${path} ${status || "no answer"} ${ms} ms ${zone}`;
}
