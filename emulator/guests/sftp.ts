/** The SFTP protocol, version 3, over the files of a guest. */
import { constants, type Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { type Attributes, type SFTPWrapper, utils } from "ssh2";
import { codeOf } from "../system_error";
import { changeHandle, type GuestTree } from "./guest_tree";
import { idOf } from "./place";

const { STATUS_CODE, OPEN_MODE } = utils.sftp;

/** The most that one answer carries, in bytes. */
const MOST_READ = 256 * 1024;

/** An open file, or what is left of a directory's entries. */
type Opened = FileHandle | { name: string; stats: Stats }[];

/** Serves one SFTP session until the client closes it. */
export function serveSftp(sftp: SFTPWrapper, tree: GuestTree): void {
  new SftpSession(sftp, tree).serve();
}

/** Requests are answered one after the other. */
class SftpSession {
  readonly #opened = new Map<number, Opened>();
  #count = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(
    readonly sftp: SFTPWrapper,
    readonly tree: GuestTree,
  ) {}

  serve(): void {
    this.#serveFiles();
    this.#serveDirectories();
    this.#serveAttributes();
    this.#serveNames();
    this.sftp.on("CLOSE", (id, handle) => this.#do(id, () => this.#close(handle.readUInt32BE())));
    this.sftp.once("end", () => this.#end()).once("close", () => this.#end());
  }

  /** Closes what is open, and tells the client that all went well, as sshd does at the end of its input. */
  #end(): void {
    this.#last = this.#last.then(async () => {
      await Promise.all([...this.#opened.keys()].map((key) => this.#close(key))).catch(() => undefined);
      sendExitStatus(this.sftp);
      this.sftp.end();
    });
  }

  #serveFiles(): void {
    const { sftp, tree } = this;
    sftp.on("OPEN", (id, path, mode, { mode: permissions }) =>
      this.#answer(id, async () => this.#keep(id, await tree.open(path, flagsOf(mode), permissions))),
    );
    sftp.on("READ", (id, handle, offset, length) =>
      this.#answer(id, async () => {
        const buffer = Buffer.alloc(Math.min(length, MOST_READ));
        const { bytesRead } = await this.#file(handle).read(buffer, 0, buffer.length, offset);
        if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
        else sftp.data(id, buffer.subarray(0, bytesRead));
      }),
    );
    sftp.on("WRITE", (id, handle, offset, data) => {
      // ssh2 uses the memory of the data again.
      const copy = Buffer.from(data);
      this.#do(id, () => this.#file(handle).write(copy, 0, copy.length, offset));
    });
    sftp.on("REMOVE", (id, path) => this.#do(id, () => tree.remove(path)));
    sftp.on("RENAME", (id, from, to) => this.#do(id, () => tree.rename(from, to)));
  }

  #serveDirectories(): void {
    const { sftp, tree } = this;
    sftp.on("OPENDIR", (id, path) => this.#answer(id, async () => this.#keep(id, await tree.list(path))));
    sftp.on("READDIR", (id, handle) =>
      this.#answer(id, async () => {
        const entries = this.#opened.get(handle.readUInt32BE());
        const next = Array.isArray(entries) ? entries.splice(0, 100) : [];
        if (next.length === 0) sftp.status(id, STATUS_CODE.EOF);
        else
          sftp.name(
            id,
            next.map((entry) => this.#entry(entry)),
          );
      }),
    );
    sftp.on("RMDIR", (id, path) => this.#do(id, () => tree.removeDirectory(path)));
    sftp.on("MKDIR", (id, path, { mode }) => this.#do(id, () => tree.makeDirectory(path, mode)));
  }

  #serveAttributes(): void {
    const { sftp, tree } = this;
    const show = (id: number, stats: () => Promise<Stats>) =>
      this.#answer(id, async () => sftp.attrs(id, this.#attributes(await stats())));
    sftp.on("STAT", (id, path) => show(id, () => tree.stat(path, true)));
    sftp.on("LSTAT", (id, path) => show(id, () => tree.stat(path, false)));
    sftp.on("FSTAT", (id, handle) => show(id, async () => this.#file(handle).stat()));
    sftp.on("SETSTAT", (id, path, attrs) => this.#do(id, () => tree.change(path, attrs)));
    sftp.on("FSETSTAT", (id, handle, attrs) => this.#do(id, async () => changeHandle(this.#file(handle), attrs)));
  }

  #serveNames(): void {
    const { sftp, tree } = this;
    sftp.on("SYMLINK", (id, ...paths) => {
      // Clients send the target first, as to OpenSSH. When the client is OpenSSH's too, ssh2 turns the two around.
      const [target, path] = hasOpenSshClient(sftp) ? [paths[1], paths[0]] : paths;
      this.#do(id, () => tree.link(path, target));
    });
    sftp.on("READLINK", (id, path) => this.#answer(id, async () => sftp.name(id, [bare(await tree.readLink(path))])));
    sftp.on("REALPATH", (id, path) => this.#answer(id, async () => sftp.name(id, [bare(tree.absolute(path))])));
  }

  #answer(id: number, work: () => Promise<void>): void {
    const refuse = (error: unknown) => this.sftp.status(id, statusOf(error), messageOf(error));
    this.#last = this.#last.then(() => work().catch(refuse));
  }

  #do(id: number, work: () => Promise<unknown>): void {
    this.#answer(id, async () => {
      await work();
      this.sftp.status(id, STATUS_CODE.OK);
    });
  }

  #keep(id: number, entry: Opened): void {
    this.#count += 1;
    this.#opened.set(this.#count, entry);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.#count);
    this.sftp.handle(id, handle);
  }

  #file(handle: Buffer): FileHandle {
    const found = this.#opened.get(handle.readUInt32BE());
    if (!found || Array.isArray(found)) throw new Error("There is no such open file");
    return found;
  }

  async #close(key: number): Promise<void> {
    const entry = this.#opened.get(key);
    this.#opened.delete(key);
    if (entry && !Array.isArray(entry)) await entry.close();
  }

  #entry({ name, stats }: { name: string; stats: Stats }) {
    return { filename: name, longname: longName(name, stats, this.tree.user), attrs: this.#attributes(stats) };
  }

  /** All accounts of a guest have one owner outside, so a file belongs to the account that asks. */
  #attributes(stats: Stats): Attributes {
    return attributesOf(stats, idOf(this.tree.user));
  }
}

/** What ssh2 has, and its types do not. */
interface Internals {
  readonly _isOpenSSH: boolean;
  readonly _protocol: { exitStatus(channel: number, status: number): void };
  readonly outgoing: { readonly id: number; readonly state: string };
}

const internals = (sftp: SFTPWrapper) => sftp as unknown as Internals;

const hasOpenSshClient = (sftp: SFTPWrapper) => internals(sftp)._isOpenSSH;

/** ssh2 sends none for SFTP, and OpenSSH's clients take a missing one for a failure. */
function sendExitStatus(sftp: SFTPWrapper): void {
  const { _protocol, outgoing } = internals(sftp);
  if (outgoing.state === "open") _protocol.exitStatus(outgoing.id, 0);
}

function flagsOf(mode: number): number {
  const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;
  const access = mode & OPEN_MODE.WRITE ? (mode & OPEN_MODE.READ ? O_RDWR : O_WRONLY) : O_RDONLY;
  const more = [
    [OPEN_MODE.APPEND, O_APPEND],
    [OPEN_MODE.CREAT, O_CREAT],
    [OPEN_MODE.TRUNC, O_TRUNC],
    [OPEN_MODE.EXCL, O_EXCL],
  ] as const;
  return more.reduce((flags, [asked, flag]) => (mode & asked ? flags | flag : flags), access);
}

function attributesOf({ mode, size, atimeMs, mtimeMs }: Stats, owner: number): Attributes {
  const [atime, mtime] = [atimeMs, mtimeMs].map((ms) => Math.floor(ms / 1000));
  return { mode, size, uid: owner, gid: owner, atime: atime ?? 0, mtime: mtime ?? 0 };
}

const bare = (path: string) => ({ filename: path, longname: path, attrs: attributesOf(noStats, 0) });

const noStats = { mode: 0, size: 0, atimeMs: 0, mtimeMs: 0 } as Stats;

/** A line as of `ls -l`, which sftp prints. */
function longName(name: string, stats: Stats, user: string): string {
  const kind = stats.isDirectory() ? "d" : stats.isSymbolicLink() ? "l" : "-";
  const rights = [6, 3, 0].map((shift) => rightsOf(stats.mode >> shift)).join("");
  const time = new Date(stats.mtimeMs).toISOString().slice(0, 16).replace("T", " ");
  return `${kind}${rights} 1 ${user} ${user} ${String(stats.size).padStart(8)} ${time} ${name}`;
}

function rightsOf(bits: number): string {
  return [bits & 4 ? "r" : "-", bits & 2 ? "w" : "-", bits & 1 ? "x" : "-"].join("");
}

function statusOf(error: unknown): number {
  const code = String(codeOf(error));
  if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) return STATUS_CODE.NO_SUCH_FILE;
  return ["EACCES", "EPERM"].includes(code) ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}

// A whole message may have paths of the developer's machine.
function messageOf(error: unknown): string {
  return String(codeOf(error) ?? "refused");
}
