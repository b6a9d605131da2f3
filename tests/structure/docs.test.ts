import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describedErrors, errorsRoom, filesBelow, isMadeIn } from "../../tools/generate/errors";
import { pages } from "../../tools/generate/pages";

const root = resolve(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const errors = describedErrors(root);

describe("The pages of docs/", () => {
  test.each(Object.entries(pages(root)))(
    "follow from the descriptions: npm run generate changes nothing in %s",
    (file, text) => {
      expect(read(file)).toBe(text);
    },
  );

  test("link only to files and headings that are there", () => {
    const broken = markdownFiles().flatMap((file) =>
      linksIn(file).filter(([, target]) => !leadsSomewhere(file, target)),
    );
    expect(broken).toEqual([]);
  });

  test("name, in Working with Pulumi, tests that exist", () => {
    const tests = new Map(testFiles().map((file) => [file.split("/").at(-1)?.replace(".test.ts", ""), read(file)]));
    const cells = rows(read("docs/working-with-pulumi.md")).map((row) => row.at(-1) ?? "");
    const cited = cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`(?:, "([^"]+)")?/g)]);
    expect(cited.length).toBeGreaterThan(25);
    const missing = cited.filter(([, file, title = ""]) => !tests.get(file)?.includes(title));
    expect(missing.map(([text]) => text)).toEqual([]);
  });
});

describe("Every error class", () => {
  test("has a code of its own, a meaning, and what to do, and stands in docs/errors.md", () => {
    const source = filesBelow(root, errorsRoom).map(read).join("\n");
    const classes = [...source.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
    expect(errors.map(({ name }) => name)).toEqual(classes);
    expect(new Set(errors.map(({ code }) => code)).size).toBe(classes.length);
    const undescribed = errors.filter(({ group, meaning, remedy }) => [group, meaning, remedy].includes(""));
    expect(undescribed.map(({ name }) => name)).toEqual([]);
    expect(errors.filter(({ code }) => !read("docs/errors.md").includes(`### ${code}\n`))).toEqual([]);
  });

  test("is made somewhere in the provider", () => {
    const sources = filesBelow(root, "provider").filter((file) => !file.startsWith(errorsRoom));
    const text = sources.map(read).join("\n");
    expect(errors.filter(({ name }) => !isMadeIn(text, name)).map(({ name }) => name)).toEqual([]);
  });
});

/** The cells of the rows of every table with a column "Test". */
function rows(text: string): string[][] {
  const tables = text.split("\n\n").filter((part) => /^\|.*\| Test +\|/.test(part));
  const lines = tables.flatMap((table) => table.trim().split("\n").slice(2));
  return lines.map((line) => line.split("|").slice(1, -1));
}

function markdownFiles(): string[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const atTheTop = readdirSync(root).filter((file) => file.endsWith(".md"));
  return [...atTheTop, ...docs.filter((file) => file.endsWith(".md")).map((file) => join("docs", file))];
}

function testFiles(): string[] {
  return filesBelow(root, "tests").filter((file) => file.endsWith(".test.ts"));
}

/** Links to places in the repository, by the file that has them. */
function linksIn(file: string): [file: string, target: string][] {
  const targets = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^https?:/.test(target)).map((target) => [file, target]);
}

function leadsSomewhere(file: string, target: string): boolean {
  const [path = "", heading] = target.split("#");
  const reached = path === "" ? file : join(file, "..", path);
  try {
    const text = heading === undefined ? "" : read(reached);
    if (heading === undefined) return filesOrFolder(reached);
    return [...text.matchAll(/^#+ (.+)$/gm)].some(([, title = ""]) => slug(title) === heading);
  } catch {
    return false;
  }
}

function filesOrFolder(path: string): boolean {
  return readdirSync(join(root, path, "..")).includes(path.split("/").at(-1) ?? "");
}

/** How GitHub names a heading in an address. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
