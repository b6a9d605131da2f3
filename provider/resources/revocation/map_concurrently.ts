/** Works on `limit` items at a time; the answers are in the order of the items. */
export async function mapConcurrently<Item, Answer>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
) {
  const answers: Answer[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) answers[index] = await work(item);
  };
  // A failure is thrown after all have settled, so that no work continues behind the caller's back.
  const ended = await Promise.allSettled(Array.from({ length: limit }, worker));
  const failed = ended.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return answers;
}
