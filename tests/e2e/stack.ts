import { type ChildProcess, execFile as execFileWithCallback, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import {
  type DestroyOptions,
  LocalWorkspace,
  type PreviewOptions,
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
 * A stack of an inline program under the real engine, with the dynamic providers in the process that the engine starts
 * for them and the package where a user's program would have it, in node_modules.
 */
export class TestStack {
  /** Everything that Pulumi printed, of all commands. */
  output = "";

  private readonly secrets = new Set<string>();
  private readonly commandLines = new ProcessArguments();

  private constructor(
    private readonly directory: string,
    private readonly stack: Stack,
  ) {
    // After each command the Automation API starts three processes more, for outputs (twice) and for history.
    stack.info = async () => undefined;
    stack.outputs = async () => storedOutputs(this.stateFile, pulumiPassphrase);
  }

  /** @param environment what points at the API; by default the emulator's variables */
  static async create(emulator: Emulator, environment: object = emulator.environment): Promise<TestStack> {
    const directory = mkdtempSync(join(tmpdir(), "exoscale-ssh-e2e-"));
    mkdirSync(join(directory, "tmp"));
    layOutPackages(join(directory, "program"));
    const stack = new TestStack(directory, await makeStack(directory, { ...environment }));
    stack.expectHidden(emulator.environment.EXOSCALE_API_SECRET);
    stack.expectHidden(pulumiPassphrase);
    return stack;
  }

  /** The program's folder, where the relative paths of its resources start. */
  get programFolder(): string {
    return this.stack.workspace.workDir;
  }

  /** Changes environment variables of the commands that follow. */
  setEnvironment(variables: object): void {
    Object.assign(this.stack.workspace.envVars, variables);
  }

  /** Runs `pulumi up`. @throws when it fails; `failure` gives what it said */
  async up(program: PulumiFn, options: UpOptions = {}): Promise<Record<string, unknown>> {
    const { outputs } = await this.recorded(this.stack.up({ color: "never", ...options, program }));
    for (const { value, secret } of Object.values(outputs)) if (secret) this.expectHidden(value);
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Runs `pulumi preview`; the changes by kind, such as `{ create: 2 }`. */
  async preview(program: PulumiFn, options: PreviewOptions = {}): Promise<Record<string, number | undefined>> {
    return (await this.recorded(this.stack.preview({ color: "never", diff: true, ...options, program }))).changeSummary;
  }

  /** Runs `pulumi refresh`. */
  async refresh(options: RefreshOptions = {}): Promise<void> {
    await this.recorded(this.stack.refresh({ color: "never", ...options }));
  }

  /** Runs `pulumi destroy`. */
  async destroy(options: DestroyOptions = {}): Promise<void> {
    await this.recorded(this.stack.destroy({ color: "never", ...options }));
  }

  /** Sets a secret of the stack's configuration, over stdin: the Automation API would put it on a command line. */
  async configureSecret(name: string, value: string): Promise<void> {
    this.expectHidden(value);
    const child = this.start(["config", "set", "--secret", name], "pipe");
    child.stdin?.end(value);
    const [status] = await once(child, "exit");
    if (status !== 0) throw new Error(`pulumi config set ended with ${status}`);
  }

  /** Runs any command of Pulumi's on this stack, such as `pulumi("state", "delete", urn)`; what it prints. */
  async pulumi(...args: string[]): Promise<string> {
    return (await this.recorded(this.run(args))).stdout;
  }

  /** The same for a command that is asked to show secrets: what it prints is no leak. */
  async shown(...args: string[]): Promise<string> {
    return (await this.run(args)).stdout;
  }

  /** Runs `pulumi state taint`, which has the next update replace the resource. */
  async taint(name: string): Promise<void> {
    await this.pulumi("state", "taint", "--yes", this.urn(name));
  }

  /** Brings another stack's state here, as `pulumi stack export` there and `pulumi stack import` here do. */
  async takeStateOf(other: TestStack): Promise<void> {
    await this.stack.importStack(await other.stack.exportStack());
    for (const secret of other.secrets) this.expectHidden(secret);
  }

  /** Writes the program that the commands of `pulumi` run: a Node.js module in the stack's own folder. */
  writeProgram(source: string): void {
    writeFileSync(join(this.directory, "program", "index.js"), source);
  }

  /** Starts a command of Pulumi's on this stack and leaves it running; what it prints is added to `output` as it comes. */
  start(args: readonly string[], stdin: "ignore" | "pipe" = "ignore"): ChildProcess {
    const stdio = [stdin, "pipe", "pipe"] as const;
    const child = spawn("pulumi", [...args, "--stack", "test"], { ...this.surroundings(), stdio: [...stdio] });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (this.output += text));
    return child;
  }

  /** What Pulumi says when a command fails. @throws when it does not fail */
  async failure(command: Promise<unknown>): Promise<string> {
    const before = this.output.length;
    const error = await command.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) throw new Error("The command succeeded.");
    return this.output.slice(before) + String(error);
  }

  /** Resources of the package by logical name, from the file that holds the state. */
  state(): Record<string, StateResource> {
    return Object.fromEntries(
      this.stored()
        .filter(isDeclared)
        .map((resource) => [resource.urn.split("::").at(-1), resource]),
    );
  }

  /** The URN of a resource by its logical name, as the engine's options want it. */
  urn(name: string): string {
    return this.state()[name]?.urn ?? "";
  }

  /** The id that the account has for an instance. */
  instanceId(name: string): string {
    return String(this.state()[name]?.outputs["instanceId"]);
  }

  /** Remembers a value that must not be found anywhere; what the state has as a secret is known by itself. */
  expectHidden(secret: unknown): void {
    if (typeof secret === "string") this.secrets.add(secret);
  }

  /** Where secrets of this stack stand in plain text: in state and backups, in output, in process arguments, in files. */
  leaks(): Leak[] {
    const secrets = [...new Set([...this.secrets, ...secretsStored(this.directory, pulumiPassphrase)])];
    return [
      ...leaksIn("output of pulumi", this.output, secrets),
      ...leaksIn("process arguments", this.commandLines.text(), secrets),
      ...filesHolding(this.directory, secrets),
    ];
  }

  /** The processes of the packaged plugin that run for this stack. */
  plugins(): number[] {
    return processesWith(`PULUMI_BACKEND_URL=file://${this.directory}`).filter((pid) => runs(pid, "plugin.cjs"));
  }

  /** Ends the engine, its plugins and the program at once, as a machine does that loses its power. */
  killAll(): void {
    killUntilNone(() => processesWith(`PULUMI_BACKEND_URL=file://${this.directory}`));
  }

  /** Removes every file, and ends what a killed engine left behind: its plugins do not notice. */
  dispose(): void {
    this.commandLines.stop();
    this.killAll();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  private run(args: readonly string[]) {
    return execFile("pulumi", [...args, "--stack", "test"], this.surroundings());
  }

  private stored(): readonly StateResource[] {
    return storedResources(this.stateFile);
  }

  private get stateFile(): string {
    return join(this.directory, ".pulumi", "stacks", project, "test.json");
  }

  private surroundings() {
    const { workDir, envVars } = this.stack.workspace;
    const home = join(this.directory, "home");
    return { cwd: workDir, env: { ...process.env, PULUMI_HOME: home, ...envVars }, maxBuffer: 1e8 };
  }

  private async recorded<T extends { stdout: string; stderr: string }>(command: Promise<T>): Promise<T> {
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

async function makeStack(directory: string, environment: Record<string, string>): Promise<Stack> {
  installPlugin(join(directory, "home"));
  return await LocalWorkspace.createStack(
    { stackName: "test", projectName: project, program: async () => {} },
    {
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
