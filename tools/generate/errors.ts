import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The folder of the error classes, with a file for each group. */
export const ERRORS_ROOM = "provider/errors";

/** An error that a user can get, as its source describes it. */
export interface DescribedError {
  /** Name of the class. */
  readonly name: string;
  readonly code: string;
  /** The first line of its file. */
  readonly group: string;
  /** First paragraph of its docstring. */
  readonly meaning: string;
  /** The other paragraphs: what to do. */
  readonly remedy: string;
}

const DECLARATION =
  /\/\*\*(?<doc>(?:(?!\*\/)[\s\S])*)\*\/\nexport class (?<name>\w+) extends \w+ \{\n\s*(?:override )?readonly code(?:: string)? = "(?<code>\w+)"/g;

/** Every error class, file by file, in the order of each. */
export function describedErrors(root: string): DescribedError[] {
  return filesBelow(root, ERRORS_ROOM).flatMap((file) => errorsIn(read(root, file)));
}

function errorsIn(source: string): DescribedError[] {
  const group = /^\/\*\* (.+)\. \*\/\n/.exec(source)?.[1] ?? "";
  return [...source.matchAll(DECLARATION)].map(({ groups: { doc = "", name = "", code = "" } = {} }) => {
    const [meaning = "", ...remedy] = paragraphs(doc);
    return { name, code, group, meaning, remedy: remedy.join(" ") };
  });
}

function paragraphs(doc: string): string[] {
  const text = doc.replace(/^[ \t]*\*?[ \t]?/gm, "").trim();
  return text.split(/\n\n+/).map((paragraph) => paragraph.replace(/\s+/g, " "));
}

/** Code that the core calls without importing it, and the pattern of such calls. */
const reached: readonly { path: string; where: RegExp }[] = [
  { path: "provider/account.ts", where: /account/ },
  ...["attempt", "client", "names", "network", "refusal", "retry"].map((file) => ({
    path: `provider/exoscale/${file}.ts`,
    where: /account/,
  })),
  { path: "provider/exoscale/operation.ts", where: /(instances|securityGroups)\.(?!find|list)\w+\(/ },
  { path: "provider/exoscale/instances.ts", where: /instances\.(?!find|list)\w+\(/ },
  { path: "provider/exoscale/security_groups.ts", where: /securityGroups\.(?!find|list)\w+\(/ },
  { path: "provider/exoscale/ssh_keys.ts", where: /sshKeys\.register\(/ },
  { path: "provider/ssh", where: /\bssh\.(waitForSsh|changeKeys|examineKey|findGrant)\(/ },
  { path: "provider/private_key_file.ts", where: /\bfiles\b/ },
];

/** Codes that the text search finds, but that cannot occur. */
const neverThrown: Readonly<Record<string, RegExp>> = {
  // It uses SSH only, and never the API.
  "provider/resources/authorized_key": /^(API_|NOT_IN_ACCOUNT$|SSH_HOST_KEY_NOT_PINNED$)/,
  // Only an Instance creates host keys.
  "provider/resources/ssh_key_pair": /^SSH_HOST_KEY_NOT_PINNED$/,
  // Zones are listed without credentials, and not by name.
  "provider/resources/functions/get_zones.ts": /^(API_CREDENTIALS_(MISSING|REJECTED)|API_NAME_INVALID|NOT_IN_ACCOUNT)$/,
};

/**
 * Codes of the errors that a folder or file of the core can throw: its own, those of the key formats that it imports, and
 * those of the API, of SSH and of private key files if it uses them.
 */
export function codesThrownBy(root: string, start: string, errors: readonly DescribedError[]): string[] {
  const own = filesBelow(root, start);
  const ownText = own.map((file) => read(root, file)).join("\n");
  const used = reached.filter(({ where }) => where.test(ownText)).flatMap(({ path }) => filesBelow(root, path));
  const files = [...withImports(root, own, (file) => file.startsWith("provider/keys/")), ...used];
  const text = files.map((file) => read(root, file)).join("\n");
  const codes = errors.filter(({ name }) => isMadeIn(text, name)).map(({ code }) => code);
  return codes.filter((code) => !neverThrown[start]?.test(code));
}

/** Whether the source creates an error of this class. */
export function isMadeIn(text: string, name: string): boolean {
  return new RegExp(`\\bnew ${name}\\(|return ${name};`).test(text);
}

/** The TypeScript files below a folder of the repository; for a file, that file. */
export function filesBelow(root: string, path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(path, file))
    .sort();
}

function withImports(root: string, files: readonly string[], follow: (file: string) => boolean): string[] {
  const seen = new Set(files);
  // Iterating over a set also visits what is added meanwhile.
  for (const file of seen) {
    for (const [, target = ""] of read(root, file).matchAll(/from "(\.[^"]+)"/g)) {
      const imported = `${relative(root, join(root, dirname(file), target))}.ts`;
      if (follow(imported)) seen.add(imported);
    }
  }
  return [...seen];
}

function read(root: string, file: string): string {
  return readFileSync(join(root, file), "utf8");
}
