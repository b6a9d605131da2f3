import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "./evaluate";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "npm-package-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const packed = { filename: "made-1.2.3.tgz", files: [{ path: "LICENSE" }] };

test.each([
  ["a list, as before npm 12", [packed]],
  ["an object with their names, as npm 12 does", { made: packed }],
])("packs the files that npm lists if it prints packages as %s", async (_, answer) => {
  // npm passes on its own path, which is then the npm that is run.
  const npm = join(directory, "npm-cli.js");
  writeFileSync(npm, `console.log(${JSON.stringify(JSON.stringify(answer))})`);
  const release = join(directory, "release");
  const paths = JSON.stringify([release, join(directory, "staging")]).slice(1, -1);
  mkdirSync(release);
  await evaluate("dist/npm_package.mjs", `m.packNpmPackage(${paths})`, { npm_execpath: npm });
  expect(readdirSync(release)).toEqual(["made-1.2.3.tgz"]);
});
