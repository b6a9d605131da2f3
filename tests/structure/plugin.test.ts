import { readFileSync } from "node:fs";
import { functions, resources } from "../../provider/resources";
import { importsOf, sources } from "./imports";

const files = sources("provider/plugin");
const names = [...Object.keys(resources), ...Object.keys(functions)];

/** Of the core: its tables, what a resource is, and how a function is called. */
const ofTheCore = /^provider\/resources(\/contract\/\w+|\/functions\/function)?$/;

test("The plugin's files are found, so that what follows says something", () => {
  expect(files).toContain("provider/plugin/service.ts");
});

test.each(files)("%s names no resource and no function: what they mean is told once, in the core", (file) => {
  const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  expect(names.filter((name) => new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

test.each(files)("%s imports no resource of the core", (file) => {
  const core = importsOf(file).map(({ target }) => target);
  const inside = core.filter((target) => target.startsWith("provider/resources"));
  expect(inside.filter((target) => !ofTheCore.test(target))).toEqual([]);
});
