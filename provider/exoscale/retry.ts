import type { Clock } from "./clock";

/** How long and how often the client tries. */
export interface RetryPolicy {
  /** Failed tries after which the client gives up; a request to slow down (429) is not counted. */
  readonly tries: number;
  /** Pause after the first failure, in ms; each further one doubles it. */
  readonly firstPauseMs: number;
  /** Upper bound of that doubling, in ms. */
  readonly longestPauseMs: number;
  /** Upper bound of the pause that a server asks for with `Retry-After`, in ms. */
  readonly longestRetryAfterMs: number;
}

/** Gives up after about ten seconds of failures, but waits for the end of throttling until the deadline. */
export const defaultPolicy: RetryPolicy = {
  tries: 8,
  firstPauseMs: 100,
  longestPauseMs: 10_000,
  longestRetryAfterMs: 60_000,
};

/** What a failed try means for the next one. */
export type Consequence =
  /** The answer will not change: do not try again. */
  | "final"
  /** The server asked the client to slow down, and did nothing. */
  | "throttled"
  /** The request never reached a server. */
  | "unsent"
  /** The request may have been carried out: a broken connection, no answer in time, a server error. */
  | "doubtful";

/** A try that did not succeed. */
export interface Failure {
  readonly consequence: Consequence;
  /** What to throw if this was the last try. */
  readonly error: Error;
  /** Value of the answer's `Retry-After` header: seconds or an HTTP date. */
  readonly retryAfter?: string | null;
}

/** One try. */
export type Outcome<T> = { readonly value: T } | { readonly failure: Failure };

/** What `retry` needs to know about a request. */
export interface RetriedRequest<T> {
  /** One try; throws only what must not be tried again. */
  attempt(): Promise<Outcome<T>>;
  /**
   * Looks for the result of a doubtful try, which may have been carried out after all. Needed for requests that are not
   * idempotent (POST).
   */
  findResult?(): Promise<T | undefined>;
  /** Called before each pause. */
  onPause?(ms: number, error: Error): void;
  /** Instant, in ms since 1970, after which no pause may end. */
  readonly deadline: number;
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Tries until there is a value. @throws the error of the last try when there is a reason to stop */
export async function retry<T>(request: RetriedRequest<T>): Promise<T> {
  const { policy, clock } = request;
  let doubt = false;
  for (let attempts = 1, failures = 0; ; attempts++) {
    const outcome = await request.attempt();
    if ("value" in outcome) return outcome.value;

    const { failure } = outcome;
    if (failure.consequence === "doubtful") doubt = true;
    if (failure.consequence !== "throttled") failures++;
    const pause = pauseAfter(attempts, failure, policy, clock);
    const stop = isLastTry(failure, failures, clock.now() + pause, request);
    if (!stop) await pauseBeforeRetry(request, pause, failure.error);
    // After the pause: a server that still works on the doubtful try then had time to show its result.
    const found = doubt ? await request.findResult?.() : undefined;
    if (found !== undefined) return found;
    if (stop) throw failure.error;
  }
}

function isLastTry<T>(
  { consequence }: Failure,
  failures: number,
  nextTry: number,
  request: RetriedRequest<T>,
): boolean {
  return consequence === "final" || failures >= request.policy.tries || nextTry > request.deadline;
}

async function pauseBeforeRetry<T>(request: RetriedRequest<T>, ms: number, error: Error): Promise<void> {
  request.onPause?.(ms, error);
  await request.clock.sleep(ms, request.signal);
}

/** The pause that the server asks for plus an exponential one, jittered: a hundred clients must not return at once. */
export function pauseAfter(attempts: number, failure: Failure, policy: RetryPolicy, clock: Clock): number {
  const exponential = Math.min(policy.firstPauseMs * 2 ** (attempts - 1), policy.longestPauseMs);
  const asked = Math.min(retryAfterMs(failure.retryAfter, clock.now()), policy.longestRetryAfterMs);
  return asked + exponential * (0.5 + clock.random() / 2);
}

/** Milliseconds that a `Retry-After` header asks for; 0 when it is absent or unreadable. */
export function retryAfterMs(header: string | null | undefined, now: number): number {
  if (!header) return 0;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
