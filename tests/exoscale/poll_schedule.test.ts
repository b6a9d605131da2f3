/** When pending operations are looked at, on a clock without waiting. */
import { type FollowedOperation, PollSchedules } from "../../provider/exoscale/poll_schedule";

interface Waited {
  /** How often it was looked at. */
  readonly looks: number;
  /** Milliseconds from its end to the look that saw it. */
  readonly overshoot: number;
}

/** Waits for operations that begin together, each of which takes so many milliseconds. */
function wait(schedules: PollSchedules, ...durations: number[]): Waited[] {
  const followed = durations.map((duration) => ({
    duration,
    looks: 0,
    next: 0,
    seen: -1,
    by: schedules.follow("kind"),
  }));
  for (const each of followed) each.next = each.by.pauseAt(0);
  for (let left = followed.length; left > 0; ) {
    const [first] = followed.filter(({ seen }) => seen < 0).toSorted((a, b) => a.next - b.next);
    if (!first) break;
    const now = first.next;
    first.looks += 1;
    if (now < first.duration) {
      first.by.wasPending(now);
      first.next = now + first.by.pauseAt(now);
      continue;
    }
    first.seen = now;
    left -= 1;
    const others = followed.filter(({ seen }) => seen < 0);
    for (const other of others) {
      other.by.wake = () => {
        other.next = now + other.by.pauseAt(now);
      };
    }
    first.by.end(now);
  }
  return followed.map(({ looks, seen, duration }) => ({ looks, overshoot: seen - duration }));
}

const most = (waited: readonly Waited[], what: keyof Waited) => Math.max(...waited.map((each) => each[what]));
const repeat = (count: number, duration: number) => Array.from({ length: count }, () => duration);

test.each([
  [500, 8, 100],
  [3_000, 8, 150],
  [20_000, 12, 1_000],
  [120_000, 16, 6_000],
])(
  "looks at an operation of %i ms at most %i times, and at most %i ms late, if one was seen before",
  (ms, looks, late) => {
    const schedules = new PollSchedules();
    const first = wait(schedules, ms);
    if (ms <= 20_000) expect(most(first, "looks")).toBeLessThanOrEqual(looks);
    for (let count = 0; count < 20; count++) {
      const [next] = wait(schedules, ms + count * 7);
      expect(next?.looks).toBeLessThanOrEqual(looks);
      expect(next?.overshoot).toBeLessThanOrEqual(late);
    }
  },
);

test.each([8, 20, 50])("sees the end of %i operations that begin together within a tenth of their time", (count) => {
  const waited = wait(new PollSchedules(), ...repeat(count, 3_000));
  expect(most(waited, "overshoot")).toBeLessThanOrEqual(300);
  expect(most(waited, "looks")).toBeLessThanOrEqual(8);
  const looks = waited.reduce((sum, each) => sum + each.looks, 0);
  expect(looks / count).toBeLessThanOrEqual(6);
});

test("looks at each operation of a later wave about twice", () => {
  const schedules = new PollSchedules();
  wait(schedules, ...repeat(8, 3_000));
  for (const _wave of [2, 3, 4]) {
    const waited = wait(schedules, ...repeat(8, 3_000));
    expect(most(waited, "looks")).toBeLessThanOrEqual(3);
    expect(most(waited, "overshoot")).toBeLessThanOrEqual(150);
  }
});

test("follows operations that come to take much less time", () => {
  const schedules = new PollSchedules();
  wait(schedules, 20_000);
  const overshoots = Array.from({ length: 12 }, () => most(wait(schedules, 1_000), "overshoot"));
  expect(overshoots.at(-1)).toBeLessThanOrEqual(100);
});

test("does not wait long for a fast operation after a slow one", () => {
  const schedules = new PollSchedules();
  wait(schedules, 120_000);
  const [first, second, third] = [10_000, 10_000, 10_000].flatMap((ms) => wait(schedules, ms));
  expect(first?.overshoot).toBeLessThanOrEqual(6_000);
  expect(second?.overshoot).toBeLessThanOrEqual(500);
  expect(third?.overshoot).toBeLessThanOrEqual(500);
});

test("does not wait long for fast operations that begin together after a slow one", () => {
  const schedules = new PollSchedules();
  wait(schedules, 120_000);
  expect(most(wait(schedules, ...repeat(8, 15_000)), "overshoot")).toBeLessThanOrEqual(8_000);
});

test("does not wait long for fast operations after one of them was slow", () => {
  const schedules = new PollSchedules();
  for (const ms of [10_000, 120_000]) wait(schedules, ms);
  const overshoots = [1, 2, 3].map(() => most(wait(schedules, 10_000), "overshoot"));
  expect(overshoots[0]).toBeLessThanOrEqual(6_000);
  expect(overshoots[2]).toBeLessThanOrEqual(500);
});

test("looks early at an operation that may have failed", () => {
  const schedules = new PollSchedules();
  wait(schedules, 60_000);
  expect(schedules.follow("kind").pauseAt(0)).toBe(5_000);
});

test("follows operations that come to take much more time", () => {
  const schedules = new PollSchedules();
  wait(schedules, 1_000);
  const waited = Array.from({ length: 12 }, () => wait(schedules, 20_000)).flat();
  expect(waited[0]?.looks).toBeLessThanOrEqual(40);
  expect(waited.at(-1)?.looks).toBeLessThanOrEqual(12);
  expect(most(waited.slice(-3), "overshoot")).toBeLessThanOrEqual(1_000);
});

test("stands times that differ by a third", () => {
  const schedules = new PollSchedules();
  const times = Array.from({ length: 40 }, (_, index) => 15_000 + ((index * 37) % 100) * 100);
  const waited = times.flatMap((time) => wait(schedules, time)).slice(5);
  expect(most(waited, "looks")).toBeLessThanOrEqual(18);
  const late = waited.map(({ overshoot }) => overshoot).toSorted((a, b) => a - b);
  expect(late[Math.floor(late.length * 0.8)]).toBeLessThanOrEqual(2_000);
});

test("learns nothing from an operation that was given up, and wakes nobody", () => {
  const schedules = new PollSchedules();
  const waiting: FollowedOperation = schedules.follow("kind");
  const givenUp = schedules.follow("kind");
  let woken = false;
  waiting.wake = () => {
    woken = true;
  };
  givenUp.wasPending(100);
  givenUp.end();
  expect(woken).toBe(false);
  expect(waiting.pauseAt(0)).toBe(0);
});

test("looks at once at an operation of a kind that takes no time", () => {
  const schedules = new PollSchedules();
  expect(wait(schedules, 0)).toEqual([{ looks: 1, overshoot: 0 }]);
  expect(wait(schedules, ...repeat(8, 0))).toEqual(repeat(8, 0).map(() => ({ looks: 1, overshoot: 0 })));
});
