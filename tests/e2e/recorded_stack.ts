import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { installPlugin } from "./installed_plugin";
import { layOutPackages } from "./node_modules";
import { filesHolding, type Leak } from "./secret_search";
import { decrypted, secretsStored } from "./stored_secrets";
import type { StateResource } from "./stored_state";
import { UserProgram } from "./user_program";

const root = resolve(__dirname, "../recorded_states");

/** Every state that an earlier build has left; tests/recorded_states/README.md says how. */
export const recordings: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Of every recorded stack. Not a secret: it protects test keys. */
const passphrase = "a passphrase for tests";

/** What is kept of a file: its text, sealed where it has a secret. A directory, whose path ends in a slash, has none. */
interface Kept {
  readonly mode: string;
  readonly text?: string;
  readonly sealed?: string;
}

/** A recorded stack, with the account that its program made and the program, as if it had been made here. */
export class RecordedStack {
  private constructor(
    readonly program: UserProgram,
    readonly emulator: Emulator,
    private readonly folder: string,
    private readonly directory: string,
  ) {}

  static async restore(name: string): Promise<RecordedStack> {
    const folder = join(root, name);
    const settings = readFileSync(join(folder, "Pulumi.test.yaml"), "utf8");
    const salt = /^encryptionsalt: (.*)$/m.exec(settings)?.[1] ?? "";
    const directory = mkdtempSync(join(tmpdir(), "exoscale-ssh-recorded-"));
    // Guests of root have other owners, who must get to their files.
    chmodSync(directory, 0o711);
    const stateDir = join(directory, "account");
    writeFiles(stateDir, join(folder, "account.json"), salt);
    const emulator = await startEmulator({ stateDir, operationMs: 0, guests: "ssh2", port: 0, sshPort: 0 });
    const program = UserProgram.create(emulator);
    const stack = new RecordedStack(program, emulator, folder, directory);
    for (const file of ["index.js", "Pulumi.yaml", "Pulumi.test.yaml"]) {
      cpSync(join(folder, file), join(program.path, file));
    }
    layOutPackages(program.path);
    installPlugin(join(program.directory, "home"));
    writeFiles(program.path, join(folder, "program_files.json"), salt);
    // The port is another one in each run; the addresses are the same, since the account has handed them out.
    const { EXOSCALE_SSH_PORT: port } = emulator.environment;
    await program.importState(readFileSync(join(folder, "stack.json"), "utf8").replaceAll("{sshPort}", port));
    return stack;
  }

  /** Replaces the program with that of another recording. */
  useProgramOf(name: string): void {
    cpSync(join(root, name, "index.js"), join(this.program.path, "index.js"));
  }

  /** The package's resources by logical name, providers aside. */
  resources(): Record<string, StateResource> {
    const entries = Object.entries(this.program.state());
    return Object.fromEntries(entries.filter(([, { type }]) => /exoscale-ssh:(index:)?[A-Z]/.test(type)));
  }

  /** What the stack has as secrets, decrypted. */
  secrets(): readonly string[] {
    return secretsStored(this.program.directory, passphrase);
  }

  /** Where the recording has a secret of the stack in clear. */
  leaks(): Leak[] {
    return filesHolding(this.folder, this.secrets());
  }

  /** The kinds of steps that `pulumi preview` announces, in the order of the alphabet. */
  async previewed(): Promise<string[]> {
    const { changeSummary } = JSON.parse(await this.program.run("pulumi", "preview", "--json", "--non-interactive"));
    return Object.keys(changeSummary).sort();
  }

  /** What a run of `pulumi up` does to resources, by kind, such as `{ update: 1, same: 3 }`. */
  async up(): Promise<Record<string, number>> {
    await this.program.up();
    const [last] = JSON.parse(await this.program.run("pulumi", "stack", "history", "--json"));
    return last.resourceChanges;
  }

  dispose(): void {
    this.program.dispose();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function writeFiles(directory: string, list: string, salt: string): void {
  mkdirSync(directory, { recursive: true });
  const files: Record<string, Kept> = JSON.parse(readFileSync(list, "utf8"));
  for (const [name, { mode, text, sealed }] of Object.entries(files)) {
    const path = join(directory, name);
    if (name.endsWith("/")) mkdirSync(path);
    else writeFileSync(path, text ?? decrypted(sealed ?? "", salt, passphrase));
    // Afterwards, since what a file is made with is cut by the umask.
    chmodSync(path, Number.parseInt(mode, 8));
  }
}
