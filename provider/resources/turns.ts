/** Pieces of work that must not overlap, each behind the last one of its name. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Does work once all work of that name has ended that was begun before, well or not. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(name) ?? Promise.resolve()).then(work, work);
    this.last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(name) === mine) this.last.delete(name);
    }
  }
}
