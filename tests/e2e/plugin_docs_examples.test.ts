import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { layOutPackages } from "./node_modules";
import { emptyProgram, pluginLanguages } from "./plugin_programs";
import type { UserProgram } from "./user_program";

/** The examples of schema.json, which the registry and the SDKs show, and the programs of the README. */

jest.setTimeout(240_000);

const root = resolve(__dirname, "../..");
const folder = join(root, "docs/examples/plugin");

let emulator: Emulator;
let program: UserProgram;

beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 20, guests: "ssh2", zones: ["ch-gva-2"] });
  program = emptyProgram(emulator);
});

afterEach(async () => await end(program, emulator));

/** Writes all examples of a language as one program. */
const writing: Readonly<Record<string, () => void>> = { YAML: writeYaml, TypeScript: writeTypeScript };
const languages = pluginLanguages.filter(({ name }) => name in writing);

for (const { name, missing, install } of languages) {
  const [given, reason] = missing ? [test.skip, ` (skipped: ${missing})`] : [test, ""];

  given(`Every example in schema.json runs, as one program in ${name}${reason}`, async () => {
    writing[name]?.();
    await install(program);
    expect(await program.up()).toMatchObject({
      alicePrivateKey: expect.stringContaining("BEGIN OPENSSH PRIVATE KEY"),
      login: expect.stringMatching(/^ssh -p \d+ debian@127\./),
      zones: ["ch-gva-2"],
      loginAs: "debian",
      memory: expect.any(Number),
      registeredFingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/),
      whoHasDave: [],
      frankFingerprint: expect.stringMatching(/^SHA256:/),
    });
    expect(emulator.cloud.keys).toHaveLength(7);
    await program.expectNoChanges();
    await program.destroy();
    expect(emulator.cloud.keys).toEqual([]);
  });
}

const [yaml] = languages.filter(({ name }) => name === "YAML");
const [givenYaml, whyNoYaml] = yaml?.missing ? [test.skip, ` (skipped: ${yaml.missing})`] : [test, ""];

givenYaml(`The YAML program of the README runs as it stands there${whyNoYaml}`, async () => {
  program.write("Pulumi.yaml", codeOfReadme("yaml", "name: "));
  await upAndDestroy();
});

test("The TypeScript program of the README runs unchanged", async () => {
  program.write("index.ts", codeOfReadme("ts", "import "));
  program.write("Pulumi.yaml", JSON.stringify({ name: "shop", runtime: "nodejs" }));
  copyFileSync(join(root, "examples/quickstart/tsconfig.json"), join(program.path, "tsconfig.json"));
  program.write("package.json", JSON.stringify({ main: "index.ts" }));
  layOutPackages(program.path);
  await upAndDestroy();
});

test("The examples are run in each of their languages", () => {
  expect(languages.map(({ name }) => name).sort()).toEqual(Object.keys(writing).sort());
});

/** The first code block of a language that begins with a text. */
function codeOfReadme(language: string, beginning: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n(${beginning}.*?)^\`\`\``, "ms");
  return block.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
}

async function upAndDestroy(): Promise<void> {
  expect(await program.up()).toEqual({
    login: expect.stringMatching(/^ssh -p \d+ debian@127\./),
    alicePrivateKey: expect.stringContaining("BEGIN OPENSSH PRIVATE KEY"),
  });
  await program.destroy();
}

function writeYaml(): void {
  // The files are ours, and the engine refuses anything that is not a program.
  const parts = examples(".yaml").map(({ text }) => load(text) as Record<string, object>);
  const all = (section: string) => Object.assign({}, ...parts.map((part) => part[section] ?? {}));
  const [resources, variables, outputs] = ["resources", "variables", "outputs"].map(all);
  // Pulumi reads JSON as YAML.
  program.write("Pulumi.yaml", JSON.stringify({ name: "docs", runtime: "yaml", resources, variables, outputs }));
}

function writeTypeScript(): void {
  const files = examples(".ts");
  for (const { file, text } of files) program.write(file, text);
  program.write("index.ts", files.map(({ file }) => `export * from "./${file.replace(/\.ts$/, "")}";\n`).join(""));
  program.write("Pulumi.yaml", JSON.stringify({ name: "docs", runtime: "nodejs" }));
  for (const file of ["package.json", "tsconfig.json"]) {
    copyFileSync(join(root, "examples/plugin-typescript", file), join(program.path, file));
  }
}

function examples(ending: string): { file: string; text: string }[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return files.map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
}
