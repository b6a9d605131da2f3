import { setTimeout as pause } from "node:timers/promises";
import { mapConcurrently } from "../../provider/resources/revocation/map_concurrently";

/** Work that is under way until the test ends it. */
class Works {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, () => void>();
  atOnce = 0;
  mostAtOnce = 0;

  readonly work = async (item: number): Promise<number> => {
    this.begun.push(item);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    await new Promise<void>((resolve) => this.#ends.set(item, resolve));
    this.atOnce -= 1;
    return item * 10;
  };

  end(...items: number[]): void {
    for (const item of items) this.#ends.get(item)?.();
  }

  async until(count: number): Promise<void> {
    while (this.begun.length < count) await pause(1);
  }
}

const items = [0, 1, 2, 3, 4, 5];

test("works on so many at a time, and answers in the order of the items", async () => {
  const works = new Works();
  const answers = mapConcurrently(2, items, works.work);
  for (let next = 0; next < items.length; next += 2) {
    await works.until(next + 2);
    works.end(next + 1, next);
  }
  expect(await answers).toEqual([0, 10, 20, 30, 40, 50]);
  expect(works.mostAtOnce).toBe(2);
});

test("begins others beside those that take longer than its patience", async () => {
  const works = new Works();
  const answers = mapConcurrently(2, items, works.work, { ms: 5 });
  await works.until(6);
  expect(works.atOnce).toBe(6);
  works.end(...items);
  expect(await answers).toEqual([0, 10, 20, 30, 40, 50]);
});

test("never works on more than the most, whatever its patience", async () => {
  const works = new Works();
  const answers = mapConcurrently(2, items, works.work, { ms: 1, most: 3 });
  await works.until(3);
  await pause(20);
  expect(works.begun).toEqual([0, 1, 2]);
  for (const item of items) {
    works.end(item);
    await works.until(Math.min(item + 4, items.length));
  }
  expect(await answers).toHaveLength(6);
  expect(works.mostAtOnce).toBe(3);
});

test("throws a failure once all others have ended", async () => {
  let isEnded = false;
  const work = async (item: number) => {
    if (item === 0) throw new Error("refused");
    await pause(10);
    isEnded = true;
  };
  await expect(mapConcurrently(2, [0, 1], work, { ms: 1, most: 2 })).rejects.toThrow("refused");
  expect(isEnded).toBe(true);
});
