import { changedPaths } from "../../provider/plugin/changed_paths";
import { UNKNOWN } from "../../provider/resources/contract/description";

describe("The paths at which two values differ are", () => {
  test.each<[string, unknown, unknown, [string, string][]]>([
    ["none for equal values", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ["none between an absent and an empty value", undefined, [], []],
    ["the whole value if it is added", undefined, "a", [["p", "add"]]],
    ["the whole value if it is removed", "a", undefined, [["p", "delete"]]],
    ["the whole value for a string", "a", "b", [["p", "update"]]],
    ["the whole value for lists of different lengths", ["a"], ["a", "b"], [["p", "update"]]],
    ["the whole value for another type", { a: 1 }, ["a"], [["p", "update"]]],
    ["the whole value if one is unknown", ["a"], UNKNOWN, [["p", "update"]]],
    ["the index in a list", ["a", "b"], ["a", "c"], [["p[1]", "update"]]],
    ["the index of an unknown item", ["a", "b"], ["a", UNKNOWN], [["p[1]", "update"]]],
    [
      "each key in a map",
      { same: 1, changed: 1, removed: 1 },
      { same: 1, changed: 2, added: 1 },
      [
        ["p.changed", "update"],
        ["p.removed", "delete"],
        ["p.added", "add"],
      ],
    ],
    ["quoted if a key is no identifier", { 'a."b': 1 }, { 'a."b': 2 }, [['p["a.\\"b"]', "update"]]],
    ["as deep as the difference", [{ a: { b: [1] } }], [{ a: { b: [2] } }], [["p[0].a.b[0]", "update"]]],
  ])("%s", (_what, last, next, paths) => {
    expect(changedPaths("p", last, next)).toEqual(paths);
  });
});

describe("The paths at which two lists in no order differ are", () => {
  const sameItem = (last: unknown, next: unknown) => last === next;

  test.each<[string, unknown[], unknown, [string, string][]]>([
    ["that of the item that left, by its place before", ["a", "b", "c"], ["a", "c"], [["p[1]", "delete"]]],
    ["that of the item that came, by its place now", ["a", "c"], ["a", "b", "c"], [["p[1]", "add"]]],
    [
      "those of the items that left and came, if the others moved",
      ["b", "a", "c"],
      ["c", "a", "d"],
      [
        ["p[0]", "delete"],
        ["p[2]", "add"],
      ],
    ],
    ["one if an item took the place of another", ["a", "b"], ["a", "c"], [["p[1]", "update"]]],
    ["none if the items only moved", ["a", "b"], ["b", "a"], []],
    ["that of an unknown item", ["a"], ["a", UNKNOWN], [["p[1]", "add"]]],
    ["the whole list if it is unknown", ["a"], UNKNOWN, [["p", "update"]]],
    ["the whole list if it is new", undefined as never, ["a"], [["p", "add"]]],
  ])("%s", (_what, last, next, paths) => {
    expect(changedPaths("p", last, next, sameItem)).toEqual(paths);
  });
});
