import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describedErrors, ERRORS_ROOM, filesBelow, isMadeIn } from "../../tools/generate/errors";
import { pages } from "../../tools/generate/pages";

const root = resolve(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const errors = describedErrors(root);

const LONGEST_CELL = 120;

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

  test("name, in Working with Pulumi, a test that exists for each option, command and interruption", () => {
    const sections = ["Resource options", "Commands", "When a run is interrupted"];
    const entries = sections.flatMap((title) => entriesOf("docs/working-with-pulumi.md", title));
    expect(entries.length).toBeGreaterThan(25);
    const untested = entries.filter(({ text }) => !citesTests(text)).map(({ title }) => title);
    expect(untested).toEqual([]);
  });

  test("say of each habit of the engine what it does, what we do, and which file tests that", () => {
    const sections = ["The dynamic front", "The plugin front"];
    const entries = sections.flatMap((title) => entriesOf("docs/design/engine-notes.md", title));
    expect(entries.length).toBeGreaterThan(15);
    const files = testFiles();
    const incomplete = entries.filter(({ text }) => {
      const [, cited = ""] = /^- Pulumi does: .+\n- So we: .+\n- Test: (.+)$/m.exec(text) ?? [];
      const paths = [...cited.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);
      return paths.length === 0 || paths.some((path) => !files.includes(path));
    });
    expect(incomplete.map(({ title }) => title)).toEqual([]);
  });
});

describe("The documents written by hand are short:", () => {
  test.each([
    ["README.md", 10_000],
    ["DESIGN.md", 8_000],
    ["CONTRIBUTING.md", 9_000],
  ])("%s has at most %i bytes", (file, most) => {
    expect(Buffer.byteLength(read(file))).toBeLessThanOrEqual(most);
  });

  test("no cell of a table has more than 120 characters", () => {
    const long = markdownFiles().flatMap((file) => cellsIn(file).filter((cell) => cell.trim().length > LONGEST_CELL));
    expect(long).toEqual([]);
  });

  test("no column of a table is padded, so that a change of one cell is a change of one line", () => {
    const isPadded = (cell: string) => /^ {2}| {2}$|^ *:?-{4}/.test(cell);
    expect(markdownFiles().flatMap((file) => cellsIn(file).filter(isPadded))).toEqual([]);
  });
});

describe("Every error class", () => {
  test("has a code of its own, a meaning, and what to do, and stands in docs/errors.md", () => {
    const source = filesBelow(root, ERRORS_ROOM).map(read).join("\n");
    const classes = [...source.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
    expect(errors.map(({ name }) => name)).toEqual(classes);
    expect(new Set(errors.map(({ code }) => code)).size).toBe(classes.length);
    const undescribed = errors.filter(({ group, meaning, remedy }) => [group, meaning, remedy].includes(""));
    expect(undescribed.map(({ name }) => name)).toEqual([]);
    expect(errors.filter(({ code }) => !read("docs/errors.md").includes(`### ${code}\n`))).toEqual([]);
  });

  test("is made somewhere in the provider", () => {
    const sources = filesBelow(root, "provider").filter((file) => !file.startsWith(ERRORS_ROOM));
    const text = sources.map(read).join("\n");
    expect(errors.filter(({ name }) => !isMadeIn(text, name)).map(({ name }) => name)).toEqual([]);
  });
});

/** What stands under each heading of the third level in a section. */
function entriesOf(file: string, section: string): { title: string; text: string }[] {
  const [, text = ""] = read(file).split(new RegExp(`^## ${section}$`, "m"));
  const [inSection = ""] = text.split(/^## /m);
  const entries = inSection.split(/^### /m).slice(1);
  return entries.map((entry) => ({ title: entry.split("\n")[0] ?? "", text: entry }));
}

/** Whether the last line of a text names tests: files and, in quotes, words of a title. @throws if one does not exist */
function citesTests(text: string): boolean {
  const [, cited = ""] = /^Test: (.*)\.\s*$/m.exec(text) ?? [];
  const citations = [...cited.matchAll(/`([a-z_]+)`(?:, "([^"]+)")?/g)];
  for (const [citation, file, title = ""] of citations) {
    const path = testFiles().find((path) => path.endsWith(`/${file}.test.ts`));
    if (!path || !read(path).includes(title)) throw new Error(`There is no test ${citation}`);
  }
  return citations.length > 0;
}

/** The cells of every table, with the blanks around their texts. */
function cellsIn(file: string): string[] {
  const lines = read(file)
    .replaceAll(/^```.*?^```/gms, "")
    .split("\n");
  const rows = lines.filter((line) => line.startsWith("|"));
  return rows.flatMap((row) => row.split(/(?<!\\)\|/).slice(1, -1));
}

function markdownFiles(): string[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const atTheTop = readdirSync(root).filter((file) => file.endsWith(".md"));
  const below = docs.filter((file) => file.endsWith(".md")).map((file) => join("docs", file));
  return [...atTheTop, ...below, "tests/recorded_states/README.md"];
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
