import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "node:path/posix";
import { load } from "js-yaml";

const root = resolve(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const manifest = JSON.parse(read("package.json"));

// The one place that names the organisation. GitHub allows no underscore in such a name, so nobody can register the
// placeholder. To change it everywhere: git grep -l placeholder_org | xargs sed -i s/placeholder_org/NAME/
const [, repository = "", organisation = ""] =
  /^git\+(https:\/\/github\.com\/([^/]+)\/[^/]+)\.git$/.exec(manifest.repository.url) ?? [];

test("package.json and schema.json lead to the repository that package.json names", () => {
  expect(repository).toBe(`https://github.com/${organisation}/${manifest.name}`);
  expect(manifest.homepage).toBe(`${repository}#readme`);
  expect(manifest.bugs).toBe(`${repository}/issues`);
  expect(JSON.parse(read("schema.json")).homepage).toBe(manifest.homepage);
});

test("every link to the repository, and the code owners, name the same organisation", () => {
  const files = [...filesIn("."), ...filesBelow("docs"), ...filesBelow(".github")];
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/github\.com\/([\w.-]+)\/pulumi-exoscale-ssh|@([\w-]+)\/maintainers/g)].map(
      ([, inLink, inOwners]) => ({ file, organisation: inLink ?? inOwners }),
    ),
  );
  expect(named.filter((each) => each.organisation !== organisation)).toEqual([]);
  const namingFiles = new Set(named.map(({ file }) => file));
  for (const file of ["SECURITY.md", ".github/CODEOWNERS", ".github/ISSUE_TEMPLATE/config.yml"]) {
    expect(namingFiles).toContain(file);
  }
});

test("someone who wants to open an issue about security is sent to SECURITY.md", () => {
  const { contact_links: links } = load(read(".github/ISSUE_TEMPLATE/config.yml")) as IssueConfig;
  expect(links.map(({ url }) => url)).toEqual([`${repository}/blob/main/SECURITY.md`]);
  expect(read("SECURITY.md")).toContain(`${repository}/security/advisories/new`);
});

test("dependabot watches every list of packages that the tools and the tests install", () => {
  const { updates } = load(read(".github/dependabot.yml")) as DependabotConfig;
  const watched = (ecosystem: string) =>
    updates.filter((each) => each["package-ecosystem"] === ecosystem).flatMap((each) => each.directories);
  expect(watched("npm")).toEqual(["/"]);
  expect(watched("github-actions")).toEqual(["/"]);
  expect(watched("gomod")).toEqual(["/tools/*"]);
  const requirements = ["tools", "tests"].flatMap(filesBelow).filter((file) => parse(file).base === "requirements.txt");
  expect(watched("pip").sort()).toEqual(requirements.map((file) => `/${parse(file).dir}`).sort());
});

interface IssueConfig {
  readonly contact_links: readonly { readonly url: string }[];
}

interface DependabotConfig {
  readonly updates: readonly {
    readonly "package-ecosystem": string;
    readonly directories: readonly string[];
  }[];
}

function filesIn(directory: string): string[] {
  const entries = readdirSync(join(root, directory), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Paths from the root. */
function filesBelow(directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
