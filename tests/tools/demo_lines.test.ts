/** The demo on a terminal: 80 columns, and colours only where they can be shown. */
import { evaluate } from "./evaluate";

test("breaks a line at a blank before its 81st character, and indents the rest", async () => {
  const line = `     ${"word ".repeat(20).trim()}`;
  const parts = (await evaluate("demo/lines.mjs", `m.wrap(${JSON.stringify(line)})`)) as string[];
  expect(parts).toEqual([`     ${"word ".repeat(15).trim()}`, `       ${"word ".repeat(5).trim()}`]);
  expect(await evaluate("demo/lines.mjs", `m.wrap("${"x".repeat(100)}")`)).toEqual(["x".repeat(100)]);
});

test("prints who gets in as the machines answer, and says whether that is right", async () => {
  const answers = `{ web: async (key) => key === "a" ? { code: 0, output: "" } : { code: 255, output: "Permission denied (publickey)" } }`;
  const people = (belongs: boolean) =>
    `[{ name: "Alice", privateKey: "a", belongs: true }, { name: "Bob", privateKey: "b", belongs: ${belongs} }]`;
  expect(await evaluate("demo/access.mjs", `m.printAccess(${answers}, ${people(false)})`)).toBe(true);
  expect(await evaluate("demo/access.mjs", `m.printAccess(${answers}, ${people(true)})`)).toBe(false);
  const silent = `{ web: async () => ({ code: 255, output: "Connection timed out" }) }`;
  await expect(evaluate("demo/access.mjs", `m.printAccess(${silent}, ${people(true)})`)).rejects.toThrow("timed out");
});

test("shows no colour without a terminal", async () => {
  expect(await evaluate("process/say.mjs", 'm.green("yes") + m.red("no")')).toBe("yesno");
});
