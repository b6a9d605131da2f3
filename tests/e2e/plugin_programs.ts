import { accessSync, constants, cpSync, existsSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import type { Emulator } from "../emulated";
import { installPlugin } from "./installed_plugin";
import { layOutPackages } from "./node_modules";
import { UserProgram } from "./user_program";

const root = resolve(__dirname, "../..");

/** The variable in which `npm test` gives a Python that has Pulumi's library. */
const interpreter = process.env["PULUMI_EXOSCALE_SSH_PYTHON"] ?? "";

/** A language of programs for the plugin, and its example. */
export interface PluginLanguage {
  /** Its common name. */
  readonly name: string;
  /** The folder of its example. */
  readonly example: string;
  /** Why its programs cannot run on this machine; undefined if they can. */
  readonly missing: string | undefined;
  /** Fills the program's folder as `pulumi package add` and the package manager do, without the network. */
  readonly install: (program: UserProgram) => Promise<void>;
}

/** Needs no SDK: the schema of the plugin is enough. */
export const yaml: PluginLanguage = {
  name: "YAML",
  example: "plugin-yaml",
  missing: noHost("yaml"),
  install: async () => undefined,
};

export const python: PluginLanguage = {
  name: "Python",
  example: "plugin-python",
  missing: noHost("python") ?? noSdk("python") ?? (interpreter ? undefined : "no Python with Pulumi's library"),
  install: installForPython,
};

/** Every language that has an example. */
export const pluginLanguages: readonly PluginLanguage[] = [
  yaml,
  python,
  {
    name: "Go",
    example: "plugin-go",
    missing: noHost("go") ?? noSdk("go") ?? (isOnPath("go") ? undefined : "no go on PATH"),
    install: async (program) => addSdk(program, "go"),
  },
  {
    name: "TypeScript",
    example: "plugin-typescript",
    missing: noSdk("nodejs"),
    install: installForNode,
  },
];

/** A test of a program in a language. If the language cannot run here, a skipped test that says why. */
export function inLanguage({ name, missing }: PluginLanguage, title: string, body: () => Promise<void>): void {
  if (missing === undefined) test(`A program in ${name} ${title}`, body);
  else test.skip(`A program in ${name} ${title} (skipped: ${missing})`, body);
}

/** An empty folder for a program in any of the languages, with the plugin installed. Checks the types of the program. */
export function emptyProgram(emulator: Emulator): UserProgram {
  const program = UserProgram.create(emulator, { PULUMI_NODEJS_TRANSPILE_ONLY: "false", CGO_ENABLED: "0" });
  installPlugin(join(program.directory, "home"));
  return program;
}

/** A virtual environment with the SDK and the packages of the cached environment. */
async function installForPython(program: UserProgram): Promise<void> {
  addSdk(program, "python");
  await program.run(interpreter, "-m", "venv", "--without-pip", "venv");
  const [theirs, ours] = [await sitePackages(program, interpreter), await sitePackages(program, "venv/bin/python")];
  writeFileSync(join(ours, "cache.pth"), theirs);
  const flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"];
  await program.run("venv/bin/python", "-m", "pip", "install", ...flags, "sdks/exoscale-ssh");
  // Where the host is an old one: those of Pulumi's present release find it in Pulumi.yaml.
  program.putOnPath("venv/bin");
  // What the compilers of the other languages ask by themselves: whether the program has the right types.
  await program.run("venv/bin/python", "-m", "mypy", "--strict", "__main__.py");
}

async function sitePackages(program: UserProgram, executable: string): Promise<string> {
  return (await program.run(executable, "-c", "import site; print(site.getsitepackages()[0])")).trim();
}

/** As npm does for `file:sdks/exoscale-ssh`. */
async function installForNode(program: UserProgram): Promise<void> {
  addSdk(program, "nodejs");
  layOutPackages(program.path);
  const scope = join(program.path, "node_modules/@pulumi");
  symlinkSync("../../sdks/exoscale-ssh", join(scope, "exoscale-ssh"));
}

function addSdk(program: UserProgram, language: string): void {
  cpSync(join(root, "sdks", language), join(program.path, "sdks/exoscale-ssh"), { recursive: true });
}

function noSdk(language: string): string | undefined {
  return existsSync(join(root, "sdks", language)) ? undefined : `no sdks/${language}: npm run sdks makes it, with Go`;
}

function noHost(language: string): string | undefined {
  const host = `pulumi-language-${language}`;
  return isOnPath(host) ? undefined : `no ${host}: it comes with the Pulumi CLI, or npm test builds it with Go`;
}

function isOnPath(name: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
