import { constantFrom, string } from "fast-check";
import { matchApplies } from "../../../provider/ssh/authorized_keys/match_block";
import { property } from "../../properties";

const applies = (pattern: string, user: string) => matchApplies(["User", pattern], { user });

test("A pattern with many stars is answered before the time is up", () => {
  expect(applies(`${"*a".repeat(16)}b`, "a".repeat(32))).toBe(false);
  expect(applies(`${"*a".repeat(16)}*`, "a".repeat(32))).toBe(true);
});

test.each([
  ["*", "", true],
  ["?", "", false],
  ["", "", true],
  ["a*c*e", "abcde", true],
  ["a*c*e", "abcdef", false],
  ["*ab", "aab", true],
  ["a?c", "a\nc", true],
  ["a.c", "abc", false],
  ["a**", "a", true],
  ["[a]", "a", false],
])("The pattern %j takes the name %j as OpenSSH does: %j", (pattern, name, expected) => {
  expect(applies(pattern, name)).toBe(expected);
});

const letters = (unit: string[]) => string({ unit: constantFrom(...unit), maxLength: 6 });

property(
  "A pattern takes what it takes by its definition",
  2000,
  [letters(["a", "b", "*", "?"]), letters(["a", "b"])],
  (pattern, name) => {
    expect(applies(pattern, name)).toBe(takes(pattern, name));
  },
);

/** The definition: `*` stands for nothing, or for a letter and what `*` stands for. */
function takes(pattern: string, name: string): boolean {
  if (pattern === "") return name === "";
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === "*") return takes(rest, name) || (name !== "" && takes(pattern, name.slice(1)));
  return name !== "" && (first === "?" || first === name[0]) && takes(rest, name.slice(1));
}
