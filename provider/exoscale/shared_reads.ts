import type { Clock } from "./clock";

/** How several callers share one request that reads. */
export interface Sharing {
  /** Milliseconds to wait for further callers before the request is sent. Default: those of the same moment. */
  readonly gatherMs?: number;
  /**
   * Milliseconds before the call in which the answer may have been asked for, if this client has changed nothing since.
   * Default 0: it is asked for after the call.
   */
  readonly maxAgeMs?: number;
}

/** Longest wait for a request that is under way, in ms, before one is sent beside it. */
const PATIENCE_MS = 1_000;

/** The requests for one thing. */
interface Reads {
  /** The request that is not sent yet: whoever comes now may have its answer. */
  next?: Promise<unknown> | undefined;
  /** The last request that was sent. */
  last?: SentRead | undefined;
}

interface SentRead {
  readonly answer: Promise<unknown>;
  /** In ms since 1970. */
  readonly sentAt: number;
  isAnswered: boolean;
}

/**
 * Lets callers share the answers of requests, so that a hundred resources at once do not make a hundred requests. No
 * caller gets an answer that was asked for before he came, unless he says so: while a request is under way, all who come
 * wait for one next request.
 */
export class SharedReads {
  readonly #reads = new Map<string, Reads>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param name what is read; the same name means the same request @param send sends the request */
  read<T>(name: string, send: () => Promise<T>, { gatherMs = 0, maxAgeMs = 0 }: Sharing): Promise<T> {
    const reads = this.#reads.get(name) ?? {};
    this.#reads.set(name, reads);
    // Whoever reads under one name reads the same.
    if (maxAgeMs > 0 && isRecent(reads.last, this.#clock.now(), maxAgeMs)) return reads.last.answer as Promise<T>;
    reads.next ??= this.#sendNext(reads, send, gatherMs);
    return reads.next as Promise<T>;
  }

  /** To be called after a change: whoever reads from now on shares no answer to a request that was sent before. */
  forget(): void {
    for (const reads of this.#reads.values()) reads.last = undefined;
  }

  async #sendNext<T>(reads: Reads, send: () => Promise<T>, gatherMs: number): Promise<T> {
    if (gatherMs > 0) await this.#clock.sleep(gatherMs);
    if (reads.last?.isAnswered === false) await this.#end(reads.last.answer);
    await new Promise(setImmediate);
    reads.next = undefined;
    const answer = send();
    const sent = { answer, sentAt: this.#clock.now(), isAnswered: false };
    reads.last = sent;
    try {
      return await answer;
    } catch (error) {
      if (reads.last === sent) reads.last = undefined;
      throw error;
    } finally {
      sent.isAnswered = true;
    }
  }

  /** Waits for the end of a request, and not too long. */
  async #end(answer: Promise<unknown>): Promise<void> {
    const patience = new AbortController();
    const late = this.#clock.sleep(PATIENCE_MS, patience.signal).catch(() => undefined);
    await Promise.race([answer.catch(() => undefined), late]);
    patience.abort();
  }
}

/** A clock that was put back makes no answer recent. */
function isRecent(last: SentRead | undefined, now: number, maxAgeMs: number): last is SentRead {
  return last !== undefined && last.sentAt <= now && last.sentAt > now - maxAgeMs;
}
