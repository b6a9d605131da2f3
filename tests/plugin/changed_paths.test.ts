import { changedPaths } from "../../provider/plugin/changed_paths";
import { UNKNOWN } from "../../provider/resources/contract/description";

describe("The paths at which two values differ are", () => {
  test.each<[string, unknown, unknown, [string, string][]]>([
    ["none for equal ones", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ["none between nothing and what is empty", undefined, [], []],
    ["the whole where one is new", undefined, "a", [["p", "add"]]],
    ["the whole where one is gone", "a", undefined, [["p", "delete"]]],
    ["the whole for a text", "a", "b", [["p", "update"]]],
    ["the whole for a list that is longer", ["a"], ["a", "b"], [["p", "update"]]],
    ["the whole for another type", { a: 1 }, ["a"], [["p", "update"]]],
    ["the whole for what is not known yet", ["a"], UNKNOWN, [["p", "update"]]],
    ["the place in a list", ["a", "b"], ["a", "c"], [["p[1]", "update"]]],
    ["the place of what is not known yet", ["a", "b"], ["a", UNKNOWN], [["p[1]", "update"]]],
    [
      "each place in a map",
      { same: 1, changed: 1, gone: 1 },
      { same: 1, changed: 2, come: 1 },
      [
        ["p.changed", "update"],
        ["p.gone", "delete"],
        ["p.come", "add"],
      ],
    ],
    ["quoted where a name is no identifier", { 'a."b': 1 }, { 'a."b': 2 }, [['p["a.\\"b"]', "update"]]],
    ["as deep as needed", [{ a: { b: [1] } }], [{ a: { b: [2] } }], [["p[0].a.b[0]", "update"]]],
  ])("%s", (_what, last, next, paths) => {
    expect(changedPaths("p", last, next)).toEqual(paths);
  });
});
