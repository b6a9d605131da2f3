import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { evaluate } from "./evaluate";

const { OTHER_LANGUAGE_FILES }: { readonly OTHER_LANGUAGE_FILES: readonly string[] } = require("../tiers");

const request = (...args: string[]) => evaluate("test/request.mjs", `m.readRequest(${JSON.stringify(args)})`);

test("npm test without arguments runs the quick tests, and npm run test:all both tiers", async () => {
  expect(await request()).toEqual({ tier: "quick", jest: [] });
  expect(await request("--all", "--shard", "1/4")).toEqual({ tier: "all", jest: ["--shard", "1/4"] });
  expect(await request("--all", "--rest", "--tally", "/tmp/x")).toEqual({ tier: "rest", tally: "/tmp/x", jest: [] });
});

test("npm test runs a file that is named, in whatever tier it is", async () => {
  expect(await request("tests/e2e/upgrade.test.ts")).toMatchObject({ tier: "chosen" });
  expect(await request("tests/keys", "-t", "ed25519")).toMatchObject({ tier: "chosen" });
  expect(await request("-t", "ed25519")).toMatchObject({ tier: "quick" });
});

test("style and types are checked by one machine of several, and not again by the rest of the tests", async () => {
  const first = (...args: string[]) =>
    evaluate("test/request.mjs", `m.isFirst(m.readRequest(${JSON.stringify(args)}))`);
  expect(await first("--all", "--shard=1/4")).toBe(true);
  expect(await first("--all", "--shard", "2/4")).toBe(false);
  expect(await first("--all", "--rest")).toBe(false);
});

test("nothing may be skipped of a whole tier or a shard of it, and a chosen few are no skipping", async () => {
  const whole = (...args: string[]) =>
    evaluate("test/request.mjs", `m.isWhole(m.readRequest(${JSON.stringify(args)}))`);
  expect(await whole("--all", "--shard", "2/4")).toBe(true);
  expect(await whole("-t", "ed25519")).toBe(false);
});

test("SDKs and language hosts are built for the files that use them, and for no other file that is named", async () => {
  const needs = (...args: string[]) =>
    evaluate("test/request.mjs", `m.needsOtherLanguages(m.readRequest(${JSON.stringify(args)}))`);
  expect(await needs("tests/e2e/key_pair.test.ts")).toBe(false);
  expect(await needs("tests/e2e/plugin_examples.test.ts")).toBe(true);
  expect(await needs("tests/e2e")).toBe(true);
  expect(await needs()).toBe(false);
  expect(await needs("--all")).toBe(true);
});

test("the list of these files has those that run such programs", () => {
  const folder = resolve(__dirname, "../e2e");
  const using = readdirSync(folder).filter(
    (file) =>
      file.endsWith(".test.ts") &&
      /"\.\/plugin_programs"|runtime: (yaml|python|go)/.test(readFileSync(join(folder, file), "utf8")),
  );
  expect(using.map((file) => file.replace(".test.ts", ""))).toEqual(OTHER_LANGUAGE_FILES);
});
