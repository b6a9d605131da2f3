/** A loopback address of its own for each instance. */

/** Hands out 127.10.0.1, 127.10.0.2 and so on, and none twice without `reuse`. */
export class Addresses {
  /** How many were handed out, in this run and in earlier ones. */
  count = 0;
  #next: string | undefined;

  /** The address of the next instance. */
  take(): string {
    const ordered = this.#next;
    this.#next = undefined;
    if (ordered) return ordered;
    this.count += 1;
    // 254 hosts per block, so that no address ends in 0 or 255.
    const block = Math.floor((this.count - 1) / 254);
    return `127.${10 + Math.floor(block / 256)}.${block % 256}.${((this.count - 1) % 254) + 1}`;
  }

  /** Gives the next instance this address, so that another host answers at a known address. */
  reuse(address: string): void {
    this.#next = address;
  }
}

/** The first address. A listener on it shows whether this machine has such addresses. */
export const FIRST_ADDRESS = "127.10.0.1";
