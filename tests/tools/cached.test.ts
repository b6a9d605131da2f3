import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "./evaluate";

let cache = "";
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "cached-test-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

/** Fills the directory with JavaScript code, which sees the empty one as `fresh`. */
const make = (fill: string) =>
  evaluate(
    "setup/cached.mjs",
    `m.ensureCached(${JSON.stringify(join(cache, "thing"))}, "Making it", async (fresh) => { ${fill} }).catch((error) => error.message)`,
  );

const write = 'process.getBuiltinModule("node:fs").writeFileSync(fresh + "/made", "")';

test("a directory in the cache is filled once", async () => {
  await make(write);
  expect(await make('throw new Error("again")')).toBe(join(cache, "thing"));
  expect(readdirSync(join(cache, "thing"))).toEqual(["made"]);
});

test("a directory whose filling failed leaves nothing behind, and the next run fills it", async () => {
  expect(await make(`${write}; throw new Error("half-way")`)).toBe("half-way");
  expect(readdirSync(cache)).toEqual([]);
  await make(write);
  expect(readdirSync(cache)).toEqual(["thing"]);
});
