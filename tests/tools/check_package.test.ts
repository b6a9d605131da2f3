import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create } from "tar";
import { evaluate } from "./evaluate";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "check-package-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const manifest = {
  name: "made",
  version: "1.2.3",
  license: "MIT",
  type: "commonjs",
  exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
};
const files = { "index.js": "exports.answer = 42;\n", "index.d.ts": "export declare const answer: number;\n" };

test("finds no problem in a package whose files and types are in place", async () => {
  expect(await problems({ ...files, "package.json": JSON.stringify(manifest) })).toEqual([]);
});

test("finds a file that package.json names and the package lacks", async () => {
  const bin = { made: "./cli.js" };
  expect(await problems({ ...files, "package.json": JSON.stringify({ ...manifest, bin }) })).toEqual([
    expect.stringMatching(/^publint error: .*cli\.js.*\(FILE_DOES_NOT_EXIST\)$/),
  ]);
});

test("finds types that TypeScript does not reach", async () => {
  const exports = { ...manifest.exports, "./other": { types: "./lib/other.d.ts", default: "./index.js" } };
  const found = await problems({
    ...files,
    "lib/other.d.ts": files["index.d.ts"],
    "package.json": JSON.stringify({ ...manifest, exports }),
  });
  expect(found).toEqual([expect.stringMatching(/^attw: Resolution failed .*"\.\/other".*"node10"/)]);
});

/** Of a package of these files, as `npm pack` would make it. */
async function problems(contents: Readonly<Record<string, string>>): Promise<unknown> {
  for (const [name, text] of Object.entries(contents)) {
    const file = join(directory, "package", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const tarball = join(directory, "made-1.2.3.tgz");
  await create({ file: tarball, cwd: directory, gzip: true }, ["package"]);
  const read = `(await import("node:fs")).readFileSync(${JSON.stringify(tarball)})`;
  return evaluate("dist/check_package.mjs", `m.findProblems(${read})`);
}
