/** How long an item counts among those that are worked on at a time. */
export interface Patience {
  /**
   * Milliseconds after which an item no longer counts, so that another one begins: a few silent hosts do not hold up the
   * others, and more are worked on at once where each takes long.
   */
  readonly ms: number;
  /** How many are worked on at once at most, those that no longer count included. Default: no limit. */
  readonly most?: number;
}

/**
 * Works on `limit` items at a time; the answers are in the order of the items.
 *
 * @param patience default: every item counts until its end
 */
export async function mapConcurrently<Item, Answer>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
  patience?: Patience,
) {
  const begun: Promise<Answer>[] = [];
  const unfinished = new Set<Promise<unknown>>();
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) {
      const answer = work(item);
      begun.push(answer);
      const ended = Promise.allSettled([answer]).finally(() => unfinished.delete(ended));
      unfinished.add(ended);
      await endOrPatience(ended, patience?.ms);
      while (unfinished.size >= (patience?.most ?? Number.POSITIVE_INFINITY)) await Promise.race(unfinished);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  // A failure is thrown after all have settled, so that no work continues behind the caller's back.
  await Promise.allSettled(begun);
  return await Promise.all(begun);
}

/** Waits for the end of some work, or until patience is over. */
async function endOrPatience(ended: Promise<unknown>, patienceMs: number | undefined): Promise<void> {
  if (patienceMs === undefined) return void (await ended);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([ended, patience]);
  clearTimeout(timer);
}
