/** A home on this machine's real file system, of an account that is not root, and a shell of that account. */
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostFacts } from "../../../provider/ssh/host_files/inspect_host";
import { type HostFile, readHostFiles } from "../../../provider/ssh/host_files/read";
import {
  type ReplaceOptions,
  type ReplaceOutcome,
  replaceFileAtomically,
} from "../../../provider/ssh/host_files/replace_file";
import type { Shell } from "../../../provider/ssh/host_files/run_script";
import { type LocalHost, localSession } from "./local_session";

export const isRoot = process.getuid?.() === 0;

/** For root, an unused id, so that files of another account can be tested. Otherwise the user's own id. */
export const UID = isRoot ? 64_999 : (process.getuid?.() ?? 0);
export const GID = isRoot ? 64_999 : (process.getgid?.() ?? 0);

/** Runs commands as the account. */
export const asAccount: LocalHost = { cwd: "/", ...(isRoot && { uid: UID, gid: GID }) };

/** `test` as root; otherwise a skipped test that says so. */
export const testAsRoot = isRoot ? test : (title: string) => test.skip(`${title} (skipped: not root)`, () => undefined);

export const FILE = ".ssh/authorized_keys";

export class Workplace {
  readonly home = mkdtempSync(join(tmpdir(), "host-files-"));
  readonly shell: Shell;
  readonly facts: HostFacts;

  constructor(host = asAccount) {
    chmodSync(this.home, 0o755);
    this.own(".");
    this.directory(".ssh", 0o700);
    this.shell = localSession(host);
    const loginAccount = { user: "tester", uid: UID, home: this.home };
    const accounts = new Map([["tester", loginAccount]]);
    this.facts = { loginAccount, accounts, become: undefined, becomeRefusal: "no", sshdSettings: new Map() };
  }

  /** The absolute path of a path below the home. */
  path(name = FILE): string {
    return join(this.home, name);
  }

  /** Makes the account the owner of a file. */
  own(name: string, uid = UID, gid = GID): void {
    if (isRoot) lchownSync(join(this.home, name), uid, gid);
  }

  directory(name: string, mode: number): void {
    mkdirSync(this.path(name), { recursive: true });
    chmodSync(this.path(name), mode);
    this.own(name);
  }

  write(content: string | Buffer, mode = 0o600, name = FILE): void {
    writeFileSync(this.path(name), content);
    chmodSync(this.path(name), mode);
    this.own(name);
  }

  async read(path = FILE): Promise<HostFile | undefined> {
    return (await this.readAll(path))[0];
  }

  readAll(...paths: string[]): Promise<HostFile[]> {
    return readHostFiles(this.shell, this.facts, "tester", paths);
  }

  replace(
    expected: string | Buffer | undefined,
    bytes: string | Buffer,
    options?: ReplaceOptions,
  ): Promise<ReplaceOutcome> {
    const before = expected === undefined ? undefined : Buffer.from(expected);
    return replaceFileAtomically(this.shell, this.facts, "tester", FILE, before, Buffer.from(bytes), options);
  }

  /** Every file below the home: mode, owner and content. */
  all(): Record<string, string> {
    const names = readdirSync(this.home, { recursive: true, encoding: "utf8" }).sort();
    return Object.fromEntries(names.map((name) => [name, this.#about(name)]));
  }

  #about(name: string): string {
    const stats = lstatSync(this.path(name));
    const rights = `${(stats.mode & 0o7777).toString(8)} ${stats.uid} ${stats.gid}`;
    if (stats.isSymbolicLink()) return `-> ${readlinkSync(this.path(name))}`;
    return stats.isFile() ? `${rights} ${readFileSync(this.path(name), "latin1")}` : rights;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
