import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "./evaluate";

let cache = "";
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "sequencer-test-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

/** Tests as jest describes them: this file and its neighbours, in two projects. */
const files = ["sequencer", "tally", "lock", "cached"].map((name) => join(__dirname, `${name}.test.ts`));
const tests = ["unit", "e2e"].flatMap((name) =>
  files.map((path) => ({ path, context: { config: { displayName: { name } } } })),
);

const inSequencer = (expression: string) =>
  evaluate(
    "test/sequencer.mjs",
    `new m.default().${expression}.map((test) => test.context.config.displayName.name + " " + test.path)`,
    { XDG_CACHE_HOME: cache },
  );
const known = (times: object) => {
  mkdirSync(join(cache, "pulumi-exoscale-ssh"));
  writeFileSync(join(cache, "pulumi-exoscale-ssh", "test-times.json"), JSON.stringify(times));
};

test("the files that took longest start first, each project's by its own time", async () => {
  known({ "unit tests/tools/lock.test.ts": 500, "e2e tests/tools/lock.test.ts": 400 });
  const order = await inSequencer(`sort(${JSON.stringify(tests)})`);
  expect(order).toMatchObject({ 0: `unit ${files[2]}`, 1: `e2e ${files[2]}`, length: 8 });
});

test("a file that never ran is taken for a long one where it starts engines", async () => {
  const order = (await inSequencer(`sort(${JSON.stringify(tests)})`)) as string[];
  expect(order.map((each) => each.split(" ")[0]).join(" ")).toBe("e2e e2e e2e e2e unit unit unit unit");
});

test("each test is in one shard, whatever took how long on that machine", async () => {
  const shard = async (index: number) =>
    (await inSequencer(`shard(${JSON.stringify(tests)}, { shardIndex: ${index}, shardCount: 3 })`)) as string[];
  const first = await shard(1);
  known({ "unit tests/tools/lock.test.ts": 500 });
  expect(await shard(1)).toEqual(first);
  expect(new Set([...first, ...(await shard(2)), ...(await shard(3))]).size).toBe(8);
});
