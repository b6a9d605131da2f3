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

/** All recorded states of earlier builds; see tests/recorded_states/README.md. */
export const recordings: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The passphrase of every recorded stack. Not a secret: it protects test keys only. */
const passphrase = "a passphrase for tests";

/** The record of a file: its text, encrypted if it has a secret. A directory, whose path ends in a slash, has no text. */
interface Kept {
  readonly mode: string;
  readonly text?: string;
  readonly sealed?: string;
}

/** A recorded stack with its account and its program, restored as if it had been created here. */
export class RecordedStack {
  readonly #folder: string;
  readonly #directory: string;

  private constructor(
    readonly program: UserProgram,
    readonly emulator: Emulator,
    folder: string,
    directory: string,
  ) {
    this.#folder = folder;
    this.#directory = directory;
  }

  static async restore(name: string): Promise<RecordedStack> {
    const folder = join(root, name);
    const settings = readFileSync(join(folder, "Pulumi.test.yaml"), "utf8");
    const salt = /^encryptionsalt: (.*)$/m.exec(settings)?.[1] ?? "";
    const directory = mkdtempSync(join(tmpdir(), "exoscale-ssh-recorded-"));
    // If root runs the guests, their files belong to other users, who must be able to read them.
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
    // The port differs in each run. The addresses are the same, because the account assigned them.
    const { EXOSCALE_SSH_PORT: port } = emulator.environment;
    await program.importState(readFileSync(join(folder, "stack.json"), "utf8").replaceAll("{sshPort}", port));
    return stack;
  }

  /** Replaces the program by that of another recording. */
  useProgramOf(name: string): void {
    cpSync(join(root, name, "index.js"), join(this.program.path, "index.js"));
  }

  /** The package's resources by logical name, without providers. */
  resources(): Record<string, StateResource> {
    const entries = Object.entries(this.program.state());
    return Object.fromEntries(entries.filter(([, { type }]) => /exoscale-ssh:(index:)?[A-Z]/.test(type)));
  }

  /** The decrypted secrets of the stack. */
  secrets(): readonly string[] {
    return secretsStored(this.program.directory, passphrase);
  }

  /** Where the recording contains a secret of the stack in plain text. */
  leaks(): Leak[] {
    return filesHolding(this.#folder, this.secrets());
  }

  /** The kinds of steps in `pulumi preview`, sorted. */
  async previewed(): Promise<string[]> {
    const { changeSummary } = JSON.parse(await this.program.run("pulumi", "preview", "--json", "--non-interactive"));
    return Object.keys(changeSummary).sort();
  }

  /** The number of resources by the change that `pulumi up` makes, such as `{ update: 1, same: 3 }`. */
  async up(): Promise<Record<string, number>> {
    await this.program.up();
    const [last] = JSON.parse(await this.program.run("pulumi", "stack", "history", "--json"));
    return last.resourceChanges;
  }

  dispose(): void {
    this.program.dispose();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function writeFiles(directory: string, list: string, salt: string): void {
  mkdirSync(directory, { recursive: true });
  const files: Record<string, Kept> = JSON.parse(readFileSync(list, "utf8"));
  for (const [name, { mode, text, sealed }] of Object.entries(files)) {
    const path = join(directory, name);
    if (name.endsWith("/")) mkdirSync(path);
    else writeFileSync(path, text ?? decrypted(sealed ?? "", salt, passphrase));
    // After the creation, because the umask restricts the mode of a new file.
    chmodSync(path, Number.parseInt(mode, 8));
  }
}
