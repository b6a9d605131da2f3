// A stack of bench/program in a temporary folder, with its state in a file.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { callersEnvironment } from "../tools/demo/sandbox.mjs";
import { beforeExit } from "../tools/process/leave.mjs";
import { killTree } from "../tools/process/tree.mjs";
import { nodeModules, root } from "../tools/setup/paths.mjs";

/** @typedef {"dynamic" | "plugin"} Front */

/**
 * @typedef {object} Program the resources of the stack
 * @property {Front | "nothing" | "storing"} front "nothing": dynamic resources whose provider does nothing; "storing": one
 * that stores what BENCH_STORED says
 * @property {number} pairs
 * @property {number} [instances] each has its own pair
 * @property {boolean} [waitForSsh] whether to open SSH and wait until the instances answer; default: true
 * @property {string[]} [publicKeys] one for each pair; without them the keys are generated
 *
 * @typedef {"up" | "refresh" | "destroy"} Command
 */

export class Stack {
  /**
   * @param {string} folder is created
   * @param {NodeJS.ProcessEnv} environment the variables of the emulator; the caller's own are removed
   * @param {string} plugin the path of the plugin
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

  /** @param {Program} program the resources for the next commands */
  async declare(program) {
    writeFileSync(join(this.folder, "declared.json"), JSON.stringify(program));
    await this.pulumi(["stack", "select", "--create", "bench"]);
  }

  /**
   * @param {Command} command
   * @param {(pid: number) => () => void} [watch] is called with the pid of the engine, and returns a function that stops watching
   * @param {string[]} [flags] more flags of the command
   * @returns {Promise<number>} its time in milliseconds
   */
  async run(command, watch, flags = []) {
    const before = performance.now();
    await this.pulumi([command, "--yes", "--non-interactive", "--skip-preview", ...flags], watch);
    return performance.now() - before;
  }

  /** @returns {Record<string, unknown>[]} the resources of the state, as the engine has written them */
  resources() {
    const file = join(this.folder, ".pulumi", "stacks", "bench", "bench.json");
    return JSON.parse(readFileSync(file, "utf8")).checkpoint.latest?.resources ?? [];
  }

  /** @param {string[]} args @param {(pid: number) => () => void} [watch] @returns {Promise<void>} */
  async pulumi(args, watch) {
    const child = spawn("pulumi", args, { cwd: this.folder, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    const pid = child.pid ?? 0;
    const clean = beforeExit(() => killTree(pid));
    const stopWatching = watch?.(pid);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const code = await new Promise((resolve) => child.once("close", resolve));
    stopWatching?.();
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    await clean();
  }
}
