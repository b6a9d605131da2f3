/** Runs pieces of work with the same key one after the other. Work with another key does not wait. */
export class KeyedMutex {
  /** By key, the last piece of work that runs or waits. */
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Runs work after all earlier work with the same key has settled.
   *
   * @param signal when it aborts before the work begins, the call rejects with its reason; work that has begun runs to its end
   */
  async run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const earlier = this.#last.get(key) ?? Promise.resolve();
    const mine = waitUnlessAborted(earlier, signal).then(work);
    // Work that is aborted while it waits must not let the next work overtake the work that runs.
    const both = Promise.allSettled([earlier, mine]);
    this.#last.set(key, both);
    void both.then(() => this.#last.get(key) === both && this.#last.delete(key));
    return await mine;
  }
}

/** Waits for earlier work. @throws the reason of the signal when it aborts first */
async function waitUnlessAborted(earlier: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
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
