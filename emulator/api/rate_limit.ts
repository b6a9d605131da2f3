/** A limit of requests per second, which is also the size of a burst. */
import { tooManyRequests } from "./errors";

/** Counts the requests of an organisation in all zones. */
export class RateLimit {
  #left: number | undefined;
  #since = 0;

  /**
   * Counts one request.
   *
   * @param perSecond the present limit; undefined: none
   * @param now milliseconds of a monotonic clock
   * @throws ApiError 429 with the number of seconds to wait
   */
  count(perSecond: number | undefined, now: number): void {
    if (perSecond === undefined) return;
    const before = this.#left ?? perSecond;
    const left = Math.min(perSecond, before + ((now - this.#since) / 1000) * perSecond);
    this.#since = now;
    this.#left = left < 1 ? left : left - 1;
    if (left < 1) throw tooManyRequests(Math.max(1, Math.ceil((1 - left) / perSecond)));
  }
}
