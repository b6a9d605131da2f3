/**
 * Works on `limit` items at a time; the answers are in the order of the items.
 *
 * @param patienceMs an item that takes longer no longer counts, so that another one begins: a few silent hosts do not
 * hold up the others. Default: every item counts until its end
 */
export async function mapConcurrently<Item, Answer>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
  patienceMs?: number,
) {
  const begun: Promise<Answer>[] = [];
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) {
      const answer = work(item);
      begun.push(answer);
      await endOrPatience(answer, patienceMs);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  // A failure is thrown after all have settled, so that no work continues behind the caller's back.
  await Promise.allSettled(begun);
  return await Promise.all(begun);
}

/** Waits for the end of some work, or until patience is over. Never rejects. */
async function endOrPatience(work: Promise<unknown>, patienceMs: number | undefined): Promise<void> {
  const ended = Promise.allSettled([work]);
  if (patienceMs === undefined) return void (await ended);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([ended, patience]);
  clearTimeout(timer);
}
