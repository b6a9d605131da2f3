/** Failures of the API on demand, so that a test can meet what the real API and the network do on a bad day. */

/** What goes wrong. */
export type FaultKind =
  /** An answer in place of the work, such as 503 with `Retry-After`. A text body is sent as plain text. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | object;
    }
  /** The work is done and the connection ends without an answer. */
  | { readonly kind: "lost-reply" }
  /** The connection is reset before any work. */
  | { readonly kind: "reset" }
  /** The request waits this many milliseconds, then goes its way. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The operation is accepted and ends in `failure`; an instance goes to state `error`. */
  | { readonly kind: "operation-failure"; readonly reason?: string; readonly message?: string }
  /** The very first answer says `failure`. */
  | { readonly kind: "born-failure"; readonly reason?: string; readonly message?: string };

/** What goes wrong, where and how often. */
export type Fault = FaultKind & {
  /** Method of the requests that are hit. Default: all. */
  readonly method?: string;
  /** Path below `/v2`, without the query: the whole of it as text, or an expression that finds something in it. */
  readonly path: string | RegExp;
  /** How many requests are hit. Default 1. */
  readonly times?: number;
};

/** The faults that are still to come. */
export class Faults {
  readonly #pending: { readonly fault: Fault; left: number }[] = [];

  /** Orders a fault. Of several that fit a request the one ordered first hits it. */
  add(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  /** Takes back every fault that has not happened. */
  clear(): void {
    this.#pending.length = 0;
  }

  /** The fault that hits this request, if any, which is then used up by one. @internal */
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
