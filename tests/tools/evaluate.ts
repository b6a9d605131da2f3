import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const tools = join(__dirname, "..", "..", "tools");

/**
 * Runs an expression in a Node process of its own, as the tools run: jest itself cannot load ES modules.
 *
 * @param file a module below tools/
 * @param expression may await; sees the module as `m`
 * @returns its value, through JSON
 */
export async function evaluate(file: string, expression: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const url = pathToFileURL(join(tools, file)).href;
  const program = `import * as m from ${JSON.stringify(url)}; const value = await (${expression}); process.stdout.write("\\n" + JSON.stringify(value ?? null));`;
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], options);
  return JSON.parse(stdout.slice(stdout.lastIndexOf("\n")));
}
