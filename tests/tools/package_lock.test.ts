interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const packages: Readonly<Record<string, Entry>> = require("../../package-lock.json").packages;

test("locks the packages of every system, so that npm ci works on all of them", () => {
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  const missing = wanted.filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)));
  // To fix it: node tools/complete_lock.mjs
  expect(missing).toEqual([]);
});
