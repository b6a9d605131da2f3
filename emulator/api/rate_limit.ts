/** A limit of requests a second, with as many at once. */
import { tooManyRequests } from "./errors";

/** Counts the requests of an organisation, whichever zone they go to. */
export class RateLimit {
  #left: number | undefined;
  #since = 0;

  /**
   * Counts one request.
   *
   * @param perSecond the limit of this moment; undefined: none
   * @param now milliseconds on a clock that never goes back
   * @throws ApiError 429 that says how many seconds to wait
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
