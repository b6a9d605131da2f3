/** The power switch of one instance: start, stop and destroy of its guest, one after the other. */
import type { Guest } from "./guests/guest";

/** Runs one action on a guest at a time, so that a delete during a boot removes everything that the boot has made. */
export class Machine {
  #guest: Guest | undefined;
  #destroyed = false;
  #last: Promise<void>;

  /** @param create makes the guest's files now; undefined for an instance without a guest */
  constructor(create: () => Promise<Guest | undefined>) {
    this.#last = create().then((guest) => {
      this.#guest = guest;
    });
    // The next `start` reports a failed creation. Without one, nobody handles the rejection.
    this.#last.catch(() => undefined);
  }

  /** The guest, once it is made. */
  async guest(): Promise<Guest | undefined> {
    await this.#last;
    return this.#guest;
  }

  /** Opens the guest's SSH server. */
  start(): Promise<void> {
    return this.#next(async () => {
      if (!this.#destroyed) await this.#guest?.start();
    });
  }

  /** Closes the guest's SSH server. */
  stop(): Promise<void> {
    return this.#next(() => this.#guest?.stop());
  }

  /** Closes the guest's SSH server for good and keeps its files, also after a failed creation. */
  async end(): Promise<void> {
    this.#destroyed = true;
    await this.#last.catch(() => undefined);
    await this.#guest?.stop();
  }

  /** Removes the guest, also after a failed creation. */
  async destroy(): Promise<void> {
    this.#destroyed = true;
    await this.#last.catch(() => undefined);
    await this.#guest?.destroy();
  }

  #next(step: () => Promise<void> | undefined): Promise<void> {
    this.#last = this.#last.then(step);
    return this.#last;
  }
}
