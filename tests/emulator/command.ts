/** The command line as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

// Runs the sources without a build, with the loader that jest uses.
const LOADER = `
  const { transformSync } = require("@swc/core");
  const options = { jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "commonjs" } };
  require.extensions[".ts"] = (module, filename) =>
    module._compile(transformSync(require("fs").readFileSync(filename, "utf8"), { ...options, filename }).code, filename);
  process.argv.splice(1, 0, "cli");
  require(process.env.CLI);
`;

const CLI = join(__dirname, "../../emulator/cli.ts");

/** The command line of `pulumi-exoscale-ssh` with these arguments, for tests that put another command in front. */
export function commandLine(...args: string[]) {
  const options = { env: { ...process.env, CLI }, cwd: join(__dirname, "../..") };
  return { line: [process.execPath, "-e", LOADER, "--", ...args] as const, options };
}

/** Starts `pulumi-exoscale-ssh` with these arguments. */
export function command(...args: string[]): ChildProcess {
  const { line, options } = commandLine(...args);
  const [program, ...rest] = line;
  return spawn(program, rest, options);
}

/** The same, with a directory of its own for temporary files. */
export function commandIn(directory: string, ...args: string[]): ChildProcess {
  const { line, options } = commandLine(...args);
  const [program, ...rest] = line;
  return spawn(program, rest, { ...options, env: { ...options.env, TMPDIR: directory } });
}

/** The four lines that a started emulator prints. */
export async function exportsOf({ stdout }: ChildProcess): Promise<string[]> {
  if (!stdout) throw new Error("no output");
  const lines: string[] = [];
  for await (const line of createInterface(stdout)) if (lines.push(line) === 4) break;
  return lines;
}
