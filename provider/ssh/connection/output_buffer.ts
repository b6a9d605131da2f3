/** Collects output in one piece of memory: a server may send it byte by byte, and each piece would cost much more. */
export class OutputBuffer {
  /** How many bytes were added. */
  length = 0;
  #space = Buffer.alloc(0);

  /** All bytes that were added. */
  get bytes(): Buffer {
    return this.#space.subarray(0, this.length);
  }

  /** Adds a copy of some bytes at the end. */
  add(bytes: Buffer): void {
    const needed = this.length + bytes.length;
    if (needed > this.#space.length) {
      const larger = Buffer.alloc(Math.max(4096, 2 * needed));
      this.#space.copy(larger);
      this.#space = larger;
    }
    bytes.copy(this.#space, this.length);
    this.length = needed;
  }
}
