import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../provider/exoscale/clock";
import { SharedReads, type Sharing } from "../../provider/exoscale/shared_reads";

/** What is read: each request has a number, and is answered when the test says so. */
class Source {
  readonly answers: ((value: number) => void)[] = [];
  readonly reads = new SharedReads(systemClock);

  read(sharing: Sharing = {}): Promise<number> {
    return this.reads.read("list", () => new Promise((resolve) => this.answers.push(resolve)), sharing);
  }

  /** Waits until so many requests were sent in all. */
  async sent(count: number): Promise<void> {
    while (this.answers.length < count) await pause(1);
    await pause(5);
    expect(this.answers).toHaveLength(count);
  }
}

test("all who come while a request is under way share the next one", async () => {
  const source = new Source();
  const first = source.read();
  await source.sent(1);
  const later = [source.read(), source.read(), source.read()];
  await source.sent(1);
  source.answers[0]?.(1);
  await source.sent(2);
  source.answers[1]?.(2);
  expect(await first).toBe(1);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
});

test("whoever comes after an answer gets one that was asked for after he came", async () => {
  const source = new Source();
  const first = source.read();
  await source.sent(1);
  source.answers[0]?.(1);
  expect(await first).toBe(1);
  const second = source.read();
  await source.sent(2);
  source.answers[1]?.(2);
  expect(await second).toBe(2);
});

test("a request that gets no answer delays the next one for a second and no longer", async () => {
  const source = new Source();
  const silent = source.read();
  await source.sent(1);
  const next = source.read();
  await source.sent(2);
  source.answers[1]?.(2);
  expect(await next).toBe(2);
  source.answers[0]?.(1);
  expect(await silent).toBe(1);
});

test("a caller who allows it gets an answer of before, until something is changed", async () => {
  const source = new Source();
  const first = source.read({ maxAgeMs: 60_000 });
  await source.sent(1);
  const second = source.read({ maxAgeMs: 60_000 });
  source.answers[0]?.(1);
  expect(await Promise.all([first, second])).toEqual([1, 1]);
  expect(await source.read({ maxAgeMs: 60_000 })).toBe(1);
  source.reads.forget();
  const third = source.read({ maxAgeMs: 60_000 });
  await source.sent(2);
  source.answers[1]?.(2);
  expect(await third).toBe(2);
});

test("an answer is too old after the time that a caller allows", async () => {
  const source = new Source();
  const first = source.read();
  await source.sent(1);
  source.answers[0]?.(1);
  await first;
  await pause(20);
  void source.read({ maxAgeMs: 10 });
  await source.sent(2);
});

test("a failure is shared by those who waited for it, and by nobody after them", async () => {
  let requests = 0;
  const reads = new SharedReads(systemClock);
  const send = async () => {
    requests += 1;
    if (requests === 1) throw new Error("refused");
    return requests;
  };
  const failed = await Promise.allSettled([reads.read("list", send, {}), reads.read("list", send, {})]);
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await reads.read("list", send, { maxAgeMs: 60_000 })).toBe(2);
});

test("a request waits for those who come within the time that it gathers", async () => {
  const source = new Source();
  const early = source.read({ gatherMs: 30 });
  await pause(10);
  const late = source.read({ gatherMs: 30 });
  await source.sent(1);
  source.answers[0]?.(1);
  expect(await Promise.all([early, late])).toEqual([1, 1]);
});
