import { type ChildProcess, execFile as execFileWithCallback, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  type Deployment,
  type DestroyOptions,
  LocalWorkspace,
  type PreviewOptions,
  PulumiCommand,
  type PulumiFn,
  type RefreshOptions,
  type Stack,
  type UpOptions,
} from "@pulumi/pulumi/automation";
import type { Emulator } from "../../emulator";
import { killUntilNone } from "../processes";
import { installPlugin } from "./installed_plugin";
import { layOutPackages, pulumiSdk } from "./node_modules";
import { ProcessArguments, processesWith, runs } from "./process_arguments";
import { filesHolding, type Leak, leaksIn } from "./secret_search";
import { secretsStored, storedOutputs } from "./stored_secrets";
import { isDeclared, type StateResource, storedResources } from "./stored_state";

const execFile = promisify(execFileWithCallback);
const project = "shop";
const pulumiPassphrase = "a passphrase for tests";

/**
 * A stack of an inline program under the real engine. The dynamic providers run in the process that the engine starts, and
 * the package is in node_modules, as in a user's program.
 */
export class TestStack {
  /** The output of all Pulumi commands. */
  output = "";

  readonly #secrets = new Set<string>();
  readonly #commandLines = new ProcessArguments();

  readonly #directory: string;
  readonly #stack: Stack;

  private constructor(directory: string, stack: Stack) {
    this.#directory = directory;
    this.#stack = stack;

    // After each command the Automation API starts three more processes, for outputs (twice) and for history.
    stack.info = async () => undefined;
    stack.outputs = async () => storedOutputs(this.#stateFile, pulumiPassphrase);
  }

  /** @param environment variables for access to the API; default: the emulator's */
  static async create(emulator: Emulator, environment: object = emulator.environment): Promise<TestStack> {
    const directory = mkdtempSync(join(tmpdir(), "exoscale-ssh-e2e-"));
    mkdirSync(join(directory, "tmp"));
    layOutPackages(join(directory, "program"));
    const stack = new TestStack(directory, await makeStack(directory, { ...environment }));
    stack.expectHidden(emulator.environment.EXOSCALE_API_SECRET);
    stack.expectHidden(pulumiPassphrase);
    return stack;
  }

  /** The program's folder. Relative paths of its resources start here. */
  get programFolder(): string {
    return this.#stack.workspace.workDir;
  }

  /** Changes environment variables for the following commands. */
  setEnvironment(variables: object): void {
    Object.assign(this.#stack.workspace.envVars, variables);
  }

  /** Runs `pulumi up`. @throws if it fails; `failure` returns its output */
  async up(program: PulumiFn, options: UpOptions = {}): Promise<Record<string, unknown>> {
    const { outputs } = await this.#recorded(this.#stack.up({ color: "never", ...options, program }));
    for (const { value, secret } of Object.values(outputs)) if (secret) this.expectHidden(value);
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Runs `pulumi preview`. @returns the changes by kind, such as `{ create: 2 }` */
  async preview(program: PulumiFn, options: PreviewOptions = {}): Promise<Record<string, number | undefined>> {
    return (await this.#recorded(this.#stack.preview({ color: "never", diff: true, ...options, program })))
      .changeSummary;
  }

  /** Runs `pulumi refresh`. */
  async refresh(options: RefreshOptions = {}): Promise<void> {
    await this.#recorded(this.#stack.refresh({ color: "never", ...options }));
  }

  /** Runs `pulumi destroy`. */
  async destroy(options: DestroyOptions = {}): Promise<void> {
    await this.#recorded(this.#stack.destroy({ color: "never", ...options }));
  }

  /** Sets a secret of the stack's configuration over stdin. The Automation API would put it on a command line. */
  async configureSecret(name: string, value: string): Promise<void> {
    this.expectHidden(value);
    const child = this.start(["config", "set", "--secret", name], "pipe");
    child.stdin?.end(value);
    const [status] = await once(child, "exit");
    if (status !== 0) throw new Error(`pulumi config set ended with ${status}`);
  }

  /** Runs any Pulumi command on this stack, such as `pulumi("state", "delete", urn)`. @returns its output */
  async pulumi(...args: string[]): Promise<string> {
    return (await this.#recorded(this.#run(args))).stdout;
  }

  /** The same for a command with `--show-secrets`: its output is no leak. */
  async shown(...args: string[]): Promise<string> {
    return (await this.#run(args)).stdout;
  }

  /** What a command writes to stderr if the engine's own log goes there: that is no leak of ours. */
  async log(...args: string[]): Promise<string> {
    return (await this.#run(args)).stderr;
  }

  /** Runs `pulumi state taint`: the next update replaces the resource. */
  async taint(name: string): Promise<void> {
    await this.pulumi("state", "taint", "--yes", this.urn(name));
  }

  /** Copies another stack's state to this stack, with `pulumi stack export` and `pulumi stack import`. */
  async takeStateOf(other: TestStack): Promise<void> {
    await this.#stack.importStack(await other.exportStack());
    for (const secret of other.hidden()) this.expectHidden(secret);
  }

  /** The stack's state, as `pulumi stack export` has it. */
  async exportStack(): Promise<Deployment> {
    return await this.#stack.exportStack();
  }

  /** What must appear nowhere. */
  hidden(): Iterable<string> {
    return this.#secrets;
  }

  /** Writes the program for the commands of `pulumi`: a Node.js module in the stack's folder. */
  writeProgram(source: string): void {
    writeFileSync(join(this.#directory, "program", "index.js"), source);
  }

  /** Starts a Pulumi command on this stack and leaves it running. Its output is appended to `output`. */
  start(args: readonly string[], stdin: "ignore" | "pipe" = "ignore"): ChildProcess {
    const stdio = [stdin, "pipe", "pipe"] as const;
    const child = spawn("pulumi", [...args, "--stack", "test"], { ...this.#surroundings(), stdio: [...stdio] });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (this.output += text));
    return child;
  }

  /** The output of a Pulumi command that fails. @throws if it succeeds */
  async failure(command: Promise<unknown>): Promise<string> {
    const before = this.output.length;
    const error = await command.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) throw new Error("The command succeeded.");
    return this.output.slice(before) + String(error);
  }

  /** Resources of the package by logical name, from the state file. */
  state(): Record<string, StateResource> {
    return Object.fromEntries(
      this.#stored()
        .filter(isDeclared)
        .map((resource) => [resource.urn.split("::").at(-1), resource]),
    );
  }

  /** The URN of the resource with a logical name, for the engine's options. */
  urn(name: string): string {
    return this.state()[name]?.urn ?? "";
  }

  /** The id of an instance in the account. */
  instanceId(name: string): string {
    return String(this.state()[name]?.outputs["instanceId"]);
  }

  /** Adds a value to the search for leaks. The secrets of the state are searched for in any case. */
  expectHidden(secret: unknown): void {
    if (typeof secret === "string") this.#secrets.add(secret);
  }

  /** Where secrets of this stack are in plain text: in state and backups, output, process arguments, files. */
  leaks(): Leak[] {
    const secrets = [...new Set([...this.#secrets, ...secretsStored(this.#directory, pulumiPassphrase)])];
    return [
      ...leaksIn("output of pulumi", this.output, secrets),
      ...leaksIn("process arguments", this.#commandLines.text(), secrets),
      ...filesHolding(this.#directory, secrets),
    ];
  }

  /** The processes of the plugin that run for this stack. */
  plugins(): number[] {
    return processesWith(`PULUMI_BACKEND_URL=file://${this.#directory}`).filter((pid) => runs(pid, "plugin.cjs"));
  }

  /** The processes that work for this stack's engine: the plugin, and those of dynamic resources. */
  providers(): number[] {
    const ours = processesWith(`PULUMI_BACKEND_URL=file://${this.#directory}`);
    return ours.filter((pid) => runs(pid, "plugin.cjs") || runs(pid, "dynamic-provider"));
  }

  /** Kills the engine, its plugins and the program at once, as a power failure does. */
  killAll(): void {
    killUntilNone(() => processesWith(`PULUMI_BACKEND_URL=file://${this.#directory}`));
  }

  /**
   * Ends the update of a killed engine. Pulumi's file backend writes a state and its attributes in place, so a kill may
   * leave either empty. Then the last backup of the state is taken, as a user would, and the attributes are removed.
   */
  async cancelKilled(): Promise<void> {
    const isEmpty = (file: string) => existsSync(file) && readFileSync(file).length === 0;
    for (const attributes of [`${this.#stateFile}.attrs`, `${this.#stateFile}.bak.attrs`])
      if (isEmpty(attributes)) rmSync(attributes);
    if (isEmpty(this.#stateFile)) copyFileSync(`${this.#stateFile}.bak`, this.#stateFile);
    await this.pulumi("cancel", "--yes");
  }

  /** Makes it impossible for Pulumi to save the state of this stack. @returns what makes it possible again */
  takeStateAway(): () => void {
    const folder = dirname(this.#stateFile);
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, "");
    return () => {
      rmSync(folder);
      renameSync(`${folder}.away`, folder);
    };
  }

  /** Removes every file, and ends the plugins of a killed engine: they do not notice its end. */
  dispose(): void {
    this.#commandLines.stop();
    this.killAll();
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #run(args: readonly string[]) {
    return execFile("pulumi", [...args, "--stack", "test"], this.#surroundings());
  }

  #stored(): readonly StateResource[] {
    return storedResources(this.#stateFile);
  }

  get #stateFile(): string {
    return join(this.#directory, ".pulumi", "stacks", project, "test.json");
  }

  #surroundings() {
    const { workDir, envVars } = this.#stack.workspace;
    const home = join(this.#directory, "home");
    return { cwd: workDir, env: { ...process.env, PULUMI_HOME: home, ...envVars }, maxBuffer: 1e8 };
  }

  async #recorded<T extends { stdout: string; stderr: string }>(command: Promise<T>): Promise<T> {
    try {
      const result = await command;
      this.output += result.stdout + result.stderr;
      return result;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      this.output += `${error}${stdout}${stderr}`;
      throw error;
    }
  }
}

/** Asks Pulumi for its version when it is made, so one serves all stacks of a test file. */
let pulumiCommand: Promise<PulumiCommand> | undefined;

async function makeStack(directory: string, environment: Record<string, string>): Promise<Stack> {
  installPlugin(join(directory, "home"));
  pulumiCommand ??= PulumiCommand.get();
  return await LocalWorkspace.createStack(
    { stackName: "test", projectName: project, program: async () => {} },
    {
      pulumiCommand: await pulumiCommand,
      workDir: join(directory, "program"),
      pulumiHome: join(directory, "home"),
      projectSettings: { name: project, runtime: "nodejs" },
      envVars: {
        PULUMI_BACKEND_URL: `file://${directory}`,
        PATH: [pulumiSdk, process.env["PATH"]].join(delimiter),
        TMPDIR: join(directory, "tmp"),
        PULUMI_CONFIG_PASSPHRASE: pulumiPassphrase,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        EXOSCALE_API_KEY: "",
        EXOSCALE_API_SECRET: "",
        EXOSCALE_ZONE: "",
        ...environment,
      },
    },
  );
}
