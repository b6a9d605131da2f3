import { evaluate } from "./evaluate";

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
