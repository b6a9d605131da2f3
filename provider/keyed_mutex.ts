/** Runs pieces of work one after the other where they have the same key; work with another key does not wait. */
export class KeyedMutex {
  /** The work that runs or waits, by key: the last of each. */
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Runs work once all work with that key that was given before has settled.
   *
   * @param signal aborting it before the work begins rejects with its reason; work that has begun runs to its end
   */
  async run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const earlier = this.#last.get(key) ?? Promise.resolve();
    const mine = unlessAborted(earlier, signal).then(work);
    // Work that was aborted while it waited must not let the next one overtake what runs.
    const both = Promise.allSettled([earlier, mine]);
    this.#last.set(key, both);
    void both.then(() => this.#last.get(key) === both && this.#last.delete(key));
    return await mine;
  }
}

async function unlessAborted(earlier: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return void (await earlier);
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    await Promise.race([aborted, earlier]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
