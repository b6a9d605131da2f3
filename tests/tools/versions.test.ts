import { evaluate } from "./evaluate";

const isAtLeast = (text: string, least: string) =>
  evaluate("setup/versions.mjs", `m.isAtLeast(${JSON.stringify(text)}, ${JSON.stringify(least)})`);

test("compares version numbers as numbers, not as text", async () => {
  expect(await isAtLeast("v3.250.0", "3.216.0")).toBe(true);
  expect(await isAtLeast("v3.99.9", "3.216.0")).toBe(false);
  expect(await isAtLeast("4.0.0", "3.216.0")).toBe(true);
});

test("counts a version as at least itself, with or without a patch number", async () => {
  expect(await isAtLeast("3.216.0\n", "3.216.0")).toBe(true);
  expect(await isAtLeast("go1.21", "1.21.0")).toBe(true);
});

test("finds the version in a development build's name", async () => {
  expect(await isAtLeast("v3.251.0-alpha.1+0a1b2c3", "3.250.9")).toBe(true);
});

test("counts a program that prints no version as too old", async () => {
  expect(await isAtLeast("\n", "3.216.0")).toBe(false);
});
