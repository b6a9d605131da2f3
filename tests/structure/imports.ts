import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "../..");

/** One import of a source file. */
export interface Import {
  /** The file, from the root of the repository: `provider/ssh/probe.ts`. */
  readonly file: string;
  /** What it imports: a path from the root without its extension, or the name of a package. */
  readonly target: string;
}

/** The sources below some folders of the repository, as paths from its root. */
export function sources(...folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes("node_modules"))
    .sort();
}

/** Everything that a file imports, with `import`, `export ... from`, `import()` or `require()`, types included. */
export function importsOf(file: string): Import[] {
  return importsIn(file, read(file));
}

/** What of it is left once the file is compiled: the imports of a type alone are gone by then. */
export function runTimeImportsOf(file: string): Import[] {
  const { outputText } = ts.transpileModule(read(file), {
    fileName: file,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext },
  });
  return importsIn(file, outputText);
}

/** Whether the code of a file, comments aside, uses a name such as `process`. */
export function mentions(file: string, name: string): boolean {
  const inside = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === name) || (ts.forEachChild(node, inside) ?? false);
  return inside(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest));
}

function importsIn(file: string, text: string): Import[] {
  // The scanner takes any `require(...)` for an import; a method of that name, such as Pulumi's `config.require`, is none.
  const { importedFiles } = ts.preProcessFile(text.replace(/\.require\(/g, ".demand("), true, true);
  return importedFiles.map(({ fileName }) => ({ file, target: targetOf(file, fileName) }));
}

function targetOf(file: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return relative(root, resolve(root, dirname(file), specifier)).replace(/\.m?[jt]s$/, "");
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
