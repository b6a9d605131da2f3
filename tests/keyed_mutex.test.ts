import { KeyedMutex } from "../provider/keyed_mutex";

let mutex: KeyedMutex;
let events: string[];

beforeEach(() => {
  mutex = new KeyedMutex();
  events = [];
});

/** Work that notes when it begins and when it ends, and runs until `finish` or `fail` is called. */
function job(name: string) {
  let finish = () => {};
  let fail = (_error: Error) => {};
  const promise = new Promise<string>((resolve, reject) => {
    finish = () => resolve(name);
    fail = reject;
  });
  const work = async () => {
    events.push(`${name} begins`);
    try {
      return await promise;
    } finally {
      events.push(`${name} ends`);
    }
  };
  return { work, finish, fail };
}

/** Lets everything run that does not wait for a job. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test("work with the same key runs in the order of the calls, one at a time", async () => {
  const jobs = [job("a"), job("b"), job("c")];
  const results = Promise.all(jobs.map(({ work }) => mutex.run("web", work)));
  await settle();
  expect(events).toEqual(["a begins"]);
  for (const { finish } of jobs.toReversed()) finish();
  expect(await results).toEqual(["a", "b", "c"]);
  expect(events).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

test("work with another key does not wait", async () => {
  const [web, db] = [job("web"), job("db")];
  const first = mutex.run("web", web.work);
  db.finish();
  expect(await mutex.run("db", db.work)).toBe("db");
  expect(events).toEqual(["web begins", "db begins", "db ends"]);
  web.finish();
  expect(await first).toBe("web");
});

test("work that fails rejects its own call, and the next work runs", async () => {
  const [a, b] = [job("a"), job("b")];
  const [first, second] = [mutex.run("web", a.work), mutex.run("web", b.work)];
  a.fail(new Error("no space"));
  b.finish();
  await expect(first).rejects.toThrow("no space");
  expect(await second).toBe("b");
});

test("work that throws before it awaits anything does not stop the next work", async () => {
  const first = mutex.run("web", () => {
    throw new Error("at once");
  });
  const b = job("b");
  const second = mutex.run("web", b.work);
  b.finish();
  await expect(first).rejects.toThrow("at once");
  expect(await second).toBe("b");
});

test("an abort while work waits rejects with the reason, and the work never begins", async () => {
  const [a, b] = [job("a"), job("b")];
  const first = mutex.run("web", a.work);
  const controller = new AbortController();
  const second = mutex.run("web", b.work, controller.signal);
  controller.abort(new Error("cancelled"));
  await expect(second).rejects.toThrow("cancelled");
  a.finish();
  expect(await first).toBe("a");
  await settle();
  expect(events).toEqual(["a begins", "a ends"]);
});

test("after an abort the next work still waits for the work that runs", async () => {
  const [a, b, c] = [job("a"), job("b"), job("c")];
  const first = mutex.run("web", a.work);
  const controller = new AbortController();
  const second = mutex.run("web", b.work, controller.signal);
  const third = mutex.run("web", c.work);
  controller.abort(new Error("cancelled"));
  await expect(second).rejects.toThrow("cancelled");
  await settle();
  expect(events).toEqual(["a begins"]);
  a.finish();
  c.finish();
  expect(await Promise.all([first, third])).toEqual(["a", "c"]);
  expect(events).toEqual(["a begins", "a ends", "c begins", "c ends"]);
});

test("a signal that is aborted already rejects with its reason, and the work never begins", async () => {
  const a = job("a");
  await expect(mutex.run("web", a.work, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
  expect(events).toEqual([]);
});

test("an abort after work has begun lets it run to its end", async () => {
  const a = job("a");
  const controller = new AbortController();
  const first = mutex.run("web", a.work, controller.signal);
  await settle();
  controller.abort(new Error("cancelled"));
  a.finish();
  expect(await first).toBe("a");
});

test("the same key can be used again after all work has settled", async () => {
  for (const name of ["a", "b"]) {
    const { work, finish } = job(name);
    finish();
    expect(await mutex.run("web", work)).toBe(name);
    await settle();
  }
  expect(events).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});
