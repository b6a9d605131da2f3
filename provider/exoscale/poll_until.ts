import { ApiError, ApiUnreachableError, OperationTimeoutError } from "../errors";
import type { Api, Call } from "./client";
import type { Clock } from "./clock";
import type { FollowedOperation } from "./poll_schedule";

/** What a wait is for, and how long it may take. */
export interface Wait extends Pick<Call, "what" | "deadline" | "body"> {
  /** What kind of operation it is, such as `POST /instance`: how long one takes tells when to look at the next. */
  readonly kind: string;
  /** Whether it may have ended before: then the first look comes at once. Default false. */
  readonly atOnce?: boolean;
}

/** Milliseconds of an outage of the API after which a wait ends: outages that pass by themselves are shorter. */
const LONGEST_OUTAGE = 180_000;
/** Longest pause between two polls that fail, in ms. */
const PAUSE_IN_OUTAGE = 2_000;

/**
 * Reads until `read` gives a value, when `PollSchedules` says that it is time. A short outage of the API does not end
 * the wait, because the operation continues meanwhile.
 *
 * @param waitedFor what the wait is for, in an error: `operation <id>`
 * @throws OperationTimeoutError when there is no value at the deadline
 * @throws ApiUnreachableError, ApiError when no read succeeded for three minutes
 */
export async function pollUntil<T>(api: Api, read: () => Promise<T | undefined>, waitedFor: string, wait: Wait) {
  const { clock } = api;
  const start = clock.now();
  const deadline = wait.deadline ?? api.defaultDeadline();
  const followed = api.polls.follow(wait.kind);
  const outage = new Outage();
  let ended: number | undefined;
  let isFirst = true;
  try {
    for (;;) {
      const pause = isFirst && wait.atOnce === true ? 0 : outage.limit(followed.pauseAt(clock.now() - start));
      isFirst = false;
      await sleepUnlessWoken(api, Math.max(0, Math.min(pause, deadline - clock.now())), followed);
      const asked = clock.now() - start;
      const seen = await outage.watch(read, clock);
      if (seen !== undefined) {
        ended = asked;
        return seen;
      }
      followed.wasPending(asked);
      if (clock.now() < deadline) continue;
      throw new OperationTimeoutError(wait.what, waitedFor, Math.round((clock.now() - start) / 1000), outage.error);
    }
  } finally {
    followed.end(ended);
  }
}

/** An outage of the API while something is waited for. */
class Outage {
  /** The error of the last read; undefined if it did not fail. */
  error: unknown;
  #since: number | undefined;

  /** @returns what the read gives; undefined if it gives nothing, or fails in a way that passes */
  async watch<T>(read: () => Promise<T | undefined>, clock: Clock): Promise<T | undefined> {
    try {
      const seen = await read();
      this.error = this.#since = undefined;
      return seen;
    } catch (error) {
      this.error = error;
      this.#since ??= clock.now();
      if (!isTransient(error) || clock.now() - this.#since > LONGEST_OUTAGE) throw error;
      return undefined;
    }
  }

  limit(pause: number): number {
    return this.#since === undefined ? pause : Math.min(pause, PAUSE_IN_OUTAGE);
  }
}

async function sleepUnlessWoken({ clock, signal }: Api, ms: number, followed: FollowedOperation): Promise<void> {
  if (ms === 0) return signal?.throwIfAborted();
  const woken = new AbortController();
  followed.wake = () => woken.abort();
  try {
    await clock.sleep(ms, signal ? AbortSignal.any([signal, woken.signal]) : woken.signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!woken.signal.aborted) throw error;
  } finally {
    followed.wake = () => undefined;
  }
}

/** Whether an error says nothing about the resource: no answer, a malformed one, too many requests, a server error. */
function isTransient(error: unknown): boolean {
  if (error instanceof ApiUnreachableError) return true;
  return error instanceof ApiError && (error.status < 300 || error.status === 429 || error.status >= 500);
}
