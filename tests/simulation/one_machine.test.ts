import "./mocks";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testScenarios } from "./cases";
import mutants from "./mutants.json";
import { scenarios } from "./scenarios";

testScenarios(scenarios(1));

test("Each mistake of mutants.json can be made: the provider has its text once", () => {
  const times = ({ file, search }: (typeof mutants)[number]) =>
    readFileSync(join(__dirname, "..", "..", file), "utf8").split(search).length - 1;
  expect(mutants.filter((mutant) => times(mutant) !== 1)).toEqual([]);
});
