// A stack of the program beside this file, in a folder of its own, with a state in a file.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { callersEnvironment } from "../tools/demo/sandbox.mjs";
import { beforeExit } from "../tools/process/leave.mjs";
import { killTree } from "../tools/process/tree.mjs";
import { nodeModules, root } from "../tools/setup/paths.mjs";

/** @typedef {"dynamic" | "plugin"} Front */

/**
 * @typedef {object} Program what the stack declares
 * @property {Front} front
 * @property {number} pairs
 * @property {number} [instances] each with a pair of its own
 * @property {string[]} [publicKeys] one for each pair; without them the pairs generate theirs
 *
 * @typedef {"up" | "refresh" | "destroy"} Command
 */

export class Stack {
  /**
   * @param {string} folder is made
   * @param {NodeJS.ProcessEnv} environment points at the API; nothing of the caller's does
   * @param {string} plugin the program of the plugin
   */
  constructor(folder, environment, plugin) {
    this.folder = folder;
    const modules = join(folder, "node_modules");
    mkdirSync(modules, { recursive: true });
    symlinkSync(join(nodeModules, "@pulumi"), join(modules, "@pulumi"));
    symlinkSync(root, join(modules, "pulumi-exoscale-ssh"));
    cpSync(join(root, "bench", "program"), folder, { recursive: true });
    this.environment = {
      ...callersEnvironment(),
      ...environment,
      PATH: [dirname(plugin), process.env["PATH"]].join(delimiter),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(folder).href,
      PULUMI_CONFIG_PASSPHRASE: "bench",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  }

  /** @param {Program} program what the commands that follow are about */
  async declare(program) {
    writeFileSync(join(this.folder, "declared.json"), JSON.stringify(program));
    await this.pulumi(["stack", "select", "--create", "bench"]);
  }

  /**
   * @param {Command} command
   * @param {(pid: number) => () => void} [watch] is given the engine's process, and gives what ends the watching
   * @returns {Promise<number>} its time in milliseconds
   */
  async run(command, watch) {
    const before = performance.now();
    await this.pulumi([command, "--yes", "--non-interactive", "--skip-preview"], watch);
    return performance.now() - before;
  }

  /** @param {string[]} args @param {(pid: number) => () => void} [watch] @returns {Promise<void>} */
  async pulumi(args, watch) {
    const child = spawn("pulumi", args, { cwd: this.folder, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    const pid = child.pid ?? 0;
    const clean = beforeExit(() => killTree(pid));
    const unwatch = watch?.(pid);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const code = await new Promise((resolve) => child.once("close", resolve));
    unwatch?.();
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    await clean();
  }
}
