import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Emulator } from "../../emulator";
import { ProcessArguments } from "./process_arguments";
import { filesHolding, type Leak, leaksIn } from "./secret_search";

const root = resolve(__dirname, "../..");
const run = promisify(execFile);

/** The package as `npm pack` makes it. */
export interface Packed {
  readonly tarball: string;
  /** Paths of the files in it. */
  readonly files: readonly string[];
}

/** A folder outside the checkout with a program in it that has installed the packed package, as a user has it. */
export class InstalledProgram {
  private output = "";
  private readonly commandLines = new ProcessArguments();

  private constructor(
    private readonly directory: string,
    /** What `npm pack` put into the package. */
    readonly packed: Packed,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Packs, and installs the package with Pulumi from the registry. */
  static async create(emulator: Emulator): Promise<InstalledProgram> {
    const directory = mkdtempSync(join(tmpdir(), "exoscale-ssh-packaging-"));
    const packed = await pack(directory);
    const program = new InstalledProgram(directory, packed, variables(directory, emulator));
    mkdirSync(program.path);
    program.write("package.json", JSON.stringify({ name: "shop", private: true }));
    const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"];
    await program.run("npm", "install", ...quiet, "--prefix", program.path, packed.tarball, "@pulumi/pulumi@3.250.0");
    return program;
  }

  get path(): string {
    return join(this.directory, "program");
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  /** Where secrets stand in plain text: in what was printed, in process arguments, in the state and other files. */
  leaks(secrets: readonly string[]): Leak[] {
    return [
      ...leaksIn("output", this.output, secrets),
      ...leaksIn("process arguments", this.commandLines.text(), secrets),
      ...filesHolding(this.directory, secrets),
    ];
  }

  /** Runs a command in the program's folder. @throws when it fails, with what it printed */
  async run(command: string, ...args: string[]): Promise<string> {
    const options = { cwd: this.path, env: this.environment, maxBuffer: 1e8 };
    try {
      const { stdout, stderr } = await run(command, args, options);
      // What a test asks to be shown is no leak.
      if (!args.includes("--show-secrets")) this.output += stdout + stderr;
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }

  dispose(): void {
    this.commandLines.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function pack(directory: string): Promise<Packed> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", directory];
  const { stdout } = await run("npm", args, { cwd: root, maxBuffer: 1e8 });
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(directory, filename), files: files.map(({ path }) => path) };
}

/** Ours, because npm may find its registry or a proxy there. */
function variables(directory: string, emulator: Emulator): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    PULUMI_HOME: join(directory, "home"),
    PULUMI_BACKEND_URL: `file://${directory}`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    EXOSCALE_ZONE: "",
    ...emulator.environment,
  };
}
