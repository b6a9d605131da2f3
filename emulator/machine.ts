/** The power switch of one instance: start, stop and destroy of its guest, one after the other. */
import type { Guest } from "./guests/guest";

/** Serializes what is done to a guest, so that a delete that overtakes a boot still finds everything to remove. */
export class Machine {
  #guest: Guest | undefined;
  #destroyed = false;
  #last: Promise<void>;

  /** @param create makes the guest's files now; undefined for an instance that is only a row in the API */
  constructor(create: () => Promise<Guest | undefined>) {
    this.#last = create().then((guest) => {
      this.#guest = guest;
    });
    // Whoever starts the machine learns of a failed creation; nobody may ever start it.
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

  /** Closes the guest's SSH server for good and leaves its files, also when its creation failed half-way. */
  async end(): Promise<void> {
    this.#destroyed = true;
    await this.#last.catch(() => undefined);
    await this.#guest?.stop();
  }

  /** Removes the guest, also when its creation failed half-way. */
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
