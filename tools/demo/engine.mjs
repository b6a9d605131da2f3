// Runs the real Pulumi CLI on the stack of the demo.
import { mustRun, run } from "../process/run.mjs";
import { dim, print, withProgress } from "../process/say.mjs";
import { summarize } from "./engine_output.mjs";
import { say } from "./lines.mjs";

/** After this long a command counts as stuck, in milliseconds. */
const COMMAND_TIMEOUT = 240_000;

/** @typedef {ReturnType<typeof createStack>} Stack */

/** @param {import("./sandbox.mjs").Sandbox} sandbox @param {Record<string, string>} account the variables with its endpoint and credentials */
export function createStack({ program, environment }, account) {
  const options = { cwd: program, env: { ...environment, ...account }, timeoutMs: COMMAND_TIMEOUT };

  /** @param {...string} args */
  const pulumi = (...args) => mustRun("pulumi", [...args, "--non-interactive", "--color", "never"], options);

  /** @param {...string} args @returns {Promise<string>} the whole output of the engine */
  const change = async (...args) => {
    print(dim(`   $ pulumi ${args.join(" ")}`));
    const full = [...args, "--yes", "--skip-preview", "--non-interactive", "--color", "never", "--suppress-progress"];
    const work = () => run("pulumi", full, options);
    const { code, output } = await withProgress(() => "the Pulumi engine is running", work);
    if (code !== 0) throw new Error(`"pulumi ${args.join(" ")}" ended with exit code ${code}:\n${output}`);
    for (const line of summarize(output)) say(`     ${line}`);
    return output;
  };

  return {
    init: () => pulumi("stack", "init", "demo"),
    /** @param {string} key @param {string} value */
    set: (key, value) => {
      print(dim(`   $ pulumi config set ${key} ${value}`));
      return pulumi("config", "set", key, value);
    },
    up: () => change("up"),
    destroy: () => change("destroy"),
    /** @returns {Promise<Record<string, unknown>>} the program's outputs, secrets decrypted */
    outputs: async () => JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets")),
  };
}
