import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Emulator } from "../emulated";
import { layOutPackages, pulumiSdk } from "./node_modules";
import { ProcessArguments } from "./process_arguments";
import { filesHolding, type Leak, leaksIn } from "./secret_search";
import { secretsStored } from "./stored_secrets";
import { isStoredAsSecret, type StateResource, storedResources } from "./stored_state";

const root = resolve(__dirname, "../..");
const run = promisify(execFile);
const pulumiPassphrase = "a passphrase for tests";
const unattended = ["--yes", "--non-interactive"];

/** The options for setting a value of the configuration. */
export interface ConfigOptions {
  /** Whether it is encrypted. Default false. */
  readonly secret?: boolean;
  /** Whether the name is a path into an object, such as `publicKeys.carol`. Default false. */
  readonly path?: boolean;
}

/** A program in a folder outside the checkout. Commands run in that folder, as for a user. */
export class UserProgram {
  #output = "";
  #hasStack = false;
  readonly #secrets = new Set<string>([pulumiPassphrase]);
  readonly #commandLines = new ProcessArguments();

  readonly #environment: NodeJS.ProcessEnv;

  private constructor(
    /** Contains the program and all files of Pulumi: state, plugins, temporary files. */
    readonly directory: string,
    environment: NodeJS.ProcessEnv,
  ) {
    this.#environment = environment;
  }

  /**
   * Makes an empty folder for a program.
   *
   * @param environment more variables of all its commands
   */
  static create(emulator: Emulator, environment: NodeJS.ProcessEnv = {}): UserProgram {
    const directory = mkdtempSync(join(tmpdir(), "exoscale-ssh-program-"));
    for (const name of ["program", "tmp"]) mkdirSync(join(directory, name));
    const program = new UserProgram(directory, { ...variables(directory, emulator), ...environment });
    program.expectHidden(emulator.environment.EXOSCALE_API_SECRET);
    return program;
  }

  get path(): string {
    return join(this.directory, "program");
  }

  /** Copies an example of the repository into the folder, with its packages. */
  useExample(name: string): void {
    this.copyExample(name);
    layOutPackages(this.path);
  }

  /** Copies an example of the repository into the folder, without packages installed there. */
  copyExample(name: string): void {
    const example = join(root, "examples", name);
    const installed = ["node_modules", "sdks", "venv"].map((folder) => join(example, folder));
    const filter = (file: string) => !installed.some((folder) => file.startsWith(folder));
    cpSync(example, this.path, { recursive: true, filter });
  }

  /** Adds a folder with programs to the front of PATH for all its commands. */
  putOnPath(folder: string): void {
    this.#environment["PATH"] = [join(this.path, folder), this.#environment["PATH"]].join(delimiter);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  /** Runs a command in the program's folder. @throws if it fails, with its output */
  run(command: string, ...args: string[]): Promise<string> {
    return this.runWith({}, command, ...args);
  }

  /** The same with more environment variables, and text for its standard input. */
  async runWith(
    { input = "", env = {} }: { input?: string; env?: NodeJS.ProcessEnv },
    command: string,
    ...args: string[]
  ): Promise<string> {
    const options = { cwd: this.path, env: { ...this.#environment, ...env }, maxBuffer: 1e8 };
    const running = run(command, args, options);
    running.child.stdin?.end(input);
    try {
      const { stdout, stderr } = await running;
      // Output that a test asks for with `--show-secrets` is no leak.
      if (!args.includes("--show-secrets")) this.#output += stdout + stderr;
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      this.#output += stdout + stderr;
      throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }

  /** Runs `pulumi config set` with the value on standard input, so a secret is on no command line. */
  async configure(name: string, value: string, options: ConfigOptions = {}): Promise<void> {
    await this.#selectStack();
    if (options.secret) this.expectHidden(value);
    const flags = [options.secret ? "--secret" : "--plaintext", ...(options.path ? ["--path"] : [])];
    await this.runWith({ input: value }, "pulumi", "config", "set", ...flags, name);
  }

  /** Runs `pulumi up`, in a new stack the first time. @returns the outputs */
  async up(): Promise<Record<string, unknown>> {
    await this.#selectStack();
    await this.run("pulumi", "up", ...unattended);
    return this.outputs();
  }

  /** The outputs of the program's last run. Adds the secret ones to the search for leaks. */
  async outputs(): Promise<Record<string, unknown>> {
    const outputs = JSON.parse(await this.run("pulumi", "stack", "output", "--json", "--show-secrets"));
    const stored = Object.values(this.state()).find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
    for (const [name, value] of Object.entries(outputs)) if (isStoredAsSecret(stored[name])) this.expectHidden(value);
    return outputs;
  }

  /** Imports a state, in the form of `pulumi stack export`, into a new stack. */
  async importState(text: string): Promise<void> {
    await this.#selectStack();
    await this.runWith({ input: text }, "pulumi", "stack", "import");
  }

  async #selectStack(): Promise<void> {
    if (!this.#hasStack) await this.run("pulumi", "stack", "init", "test", "--non-interactive");
    this.#hasStack = true;
  }

  /** Runs `pulumi preview`. @throws if there is anything to change */
  async expectNoChanges(): Promise<void> {
    await this.run("pulumi", "preview", "--non-interactive", "--expect-no-changes");
  }

  /** Runs `pulumi refresh`. @throws if anything differs from the state */
  async refresh(): Promise<void> {
    await this.run("pulumi", "refresh", ...unattended, "--expect-no-changes");
  }

  /** Runs `pulumi destroy`. */
  async destroy(): Promise<void> {
    await this.run("pulumi", "destroy", ...unattended);
  }

  /** Resources by logical name, from the state file, with encrypted secrets. */
  state(): Record<string, StateResource> {
    const stacks = join(this.directory, ".pulumi", "stacks");
    const [project = ""] = readdirSync(stacks);
    const resources = storedResources(join(stacks, project, "test.json"));
    return Object.fromEntries(resources.map((resource) => [resource.urn.split("::").at(-1), resource]));
  }

  /** Adds a text, or the texts of a record, to the search for leaks. */
  expectHidden(secret: unknown): void {
    if (typeof secret === "string") this.#secrets.add(secret);
    else if (typeof secret === "object" && secret) for (const each of Object.values(secret)) this.expectHidden(each);
  }

  /** Where secrets are in plain text: in output, process arguments, the state and other files. */
  leaks(): Leak[] {
    const secrets = [...new Set([...this.#secrets, ...secretsStored(this.directory, pulumiPassphrase)])];
    return [
      ...leaksIn("output", this.#output, secrets),
      ...leaksIn("process arguments", this.#commandLines.text(), secrets),
      ...filesHolding(this.directory, secrets),
    ];
  }

  dispose(): void {
    this.#commandLines.stop();
    // A killed process may still write for a moment.
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The environment of this process, because package managers may find their registry or a proxy in it. */
function variables(directory: string, emulator: Emulator): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [dirname(process.execPath), pulumiSdk, process.env["PATH"]].join(delimiter),
    TMPDIR: join(directory, "tmp"),
    PULUMI_HOME: join(directory, "home"),
    PULUMI_BACKEND_URL: `file://${directory}`,
    PULUMI_CONFIG_PASSPHRASE: pulumiPassphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Another test checks the types of all examples at once.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    EXOSCALE_ZONE: "",
    ...emulator.environment,
  };
}
