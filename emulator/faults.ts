/** Failures of the API and the network that a test orders. */

/** What goes wrong. */
export type FaultKind =
  /**
   * The request gets this answer and has no effect, such as 503 with `Retry-After`. A text body is sent as plain text.
   */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | object;
    }
  /** The request has its effect, and the connection ends without an answer. */
  | { readonly kind: "lost-reply" }
  /** The connection is reset, and the request has no effect. */
  | { readonly kind: "reset" }
  /** The request waits this many milliseconds and is then handled as usual. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The operation is accepted and ends in `failure`; an instance goes to state `error`. */
  | { readonly kind: "operation-failure"; readonly reason?: string; readonly message?: string }
  /** The first answer says `failure` already. */
  | { readonly kind: "born-failure"; readonly reason?: string; readonly message?: string };

/** What goes wrong, for which requests and how often. */
export type Fault = FaultKind & {
  /** Method of the affected requests. Default: all. */
  readonly method?: string;
  /** Path below `/v2`, without the query: the whole path as text, or an expression that matches a part of it. */
  readonly path: string | RegExp;
  /** How many requests are affected. Default 1. */
  readonly times?: number;
};

/** The faults that have not happened yet. */
export class Faults {
  readonly #pending: { readonly fault: Fault; left: number }[] = [];

  /** Orders a fault. When several fit a request, it meets the one that was ordered first. */
  add(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  /** Cancels every fault that has not happened. */
  clear(): void {
    this.#pending.length = 0;
  }

  /** The fault that this request meets, if any. It counts as one of its `times`. @internal */
  take(method: string, path: string): Fault | undefined {
    const hit = this.#pending.find(({ fault, left }) => left > 0 && fits(fault, method, path));
    if (hit) hit.left -= 1;
    return hit?.fault;
  }
}

function fits(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  return typeof fault.path === "string" ? fault.path === path : path.search(fault.path) >= 0;
}
