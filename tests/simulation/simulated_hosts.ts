/**
 * Machines in this process: the files with their keys, what sshd decides from them, and the steps of the provider on
 * them, each of which may fail. The provider's own scripts and connections are not run: tests/ssh does that.
 */
import type { ParsedKey } from "ssh2";
import type { Guest, GuestKind, GuestSpec } from "../../emulator/guests/guest";
import { SshConnectionLostError, SshLoginRefusedError, SshUnreachableError } from "../../provider/errors";
import { entriesOf } from "../../provider/ssh/authorized_keys/entry";
import type { DialOptions } from "../../provider/ssh/connection/dial";
import type { Opened } from "../../provider/ssh/connection/handshake";
import type { HostKey, HostKeyCheck } from "../../provider/ssh/connection/host_key";
import type { LoginStep } from "../../provider/ssh/connection/login_step";
import type { HostFile } from "../../provider/ssh/host_files/host_file";
import type { HostFacts, InspectOptions } from "../../provider/ssh/host_files/inspect_host";
import type { ReplaceOutcome } from "../../provider/ssh/host_files/replace_file";
import { type Effect, type FaultName, happen } from "./effects";
import { present } from "./simulated_world";

const FILE = ".ssh/authorized_keys";
const homes: Readonly<Record<string, string>> = { root: "/root" };
const homeOf = (user: string) => homes[user] ?? `/home/${user}`;

/** What sshd says of its settings: those of Debian. */
const SETTINGS =
  "authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2\npubkeyauthentication yes\n" +
  "permitrootlogin without-password\nmaxauthtries 6\n";

/** A machine. */
export class SimulatedHost {
  isUp = false;
  /** The files with keys, by account. */
  readonly files = new Map<string, Buffer>();
  /** The bytes of its public host key. */
  readonly hostKey = newHostKey();

  constructor(readonly spec: GuestSpec) {
    const lines = (prefix: string) => Buffer.from(spec.publicKeys.map((key) => `${prefix}${key}\n`).join(""));
    this.files.set(spec.user, lines(""));
    // cloud-init lets nobody in as root.
    this.files.set("root", lines('command="echo Please login as the other user;exit 142" '));
  }

  /** Whether sshd accepts a key for an account. */
  accepts(user: string, fingerprintSha256: string): boolean {
    return this.#entries(user).some((entry) => entry.fingerprintSha256 === fingerprintSha256);
  }

  /** Whether a key opens a shell of the account that the template names. */
  opens(fingerprintSha256: string): boolean {
    const { user } = this.spec;
    return this.#entries(user).some(
      (entry) => entry.fingerprintSha256 === fingerprintSha256 && entry.options.length === 0,
    );
  }

  /** The keys that sshd accepts for any account. */
  accepted(): Set<string> {
    return new Set([...this.files.keys()].flatMap((user) => this.#entries(user).map((e) => e.fingerprintSha256)));
  }

  #entries(user: string) {
    return entriesOf(this.files.get(user) ?? Buffer.alloc(0));
  }
}

/** All machines of a world, by their addresses. */
export class SimulatedHosts implements GuestKind {
  readonly keepsGuests = false;
  readonly hosts = new Map<string, SimulatedHost>();

  async create(spec: GuestSpec): Promise<Guest> {
    const host = new SimulatedHost(spec);
    this.hosts.set(spec.address, host);
    const guest: Pick<Guest, "spec" | "address" | "port" | "start" | "stop" | "destroy"> = {
      spec,
      address: spec.address,
      port: 22,
      start: async () => {
        host.isUp = true;
      },
      stop: async () => {
        host.isUp = false;
      },
      destroy: async () => void this.hosts.delete(spec.address),
    };
    // The API needs no more of it.
    return guest as Guest;
  }

  async close(): Promise<void> {}

  /** In place of `dial`: connects, shows the host key and takes the login steps. */
  dial = async ({ check, steps }: DialOptions, signal: AbortSignal): Promise<Opened> => {
    signal.throwIfAborted();
    const { host: address, user } = check.target;
    return await this.#step("connect", address, (fault) => {
      const host = this.hosts.get(address);
      if (!host?.isUp) throw new SshUnreachableError(`${address} refuses the connection.`, "refused");
      if (fault === "connection reset") throw new SshUnreachableError(`${address} dropped the connection.`, "dropped");
      const hasShown = check.judge(fault === "shows another host key" ? newHostKey() : host.hostKey);
      if (!hasShown) throw check.refusal;
      const acceptedStep = steps.find((step) => takes(host, user, step));
      if (!acceptedStep && steps.length > 0) {
        throw new SshLoginRefusedError(`${address} refuses ${steps.map((step) => step.label()).join()}.`, "every-key");
      }
      return { acceptedStep } as Opened;
    });
  };

  inspect = async (session: SimulatedSession, users: readonly string[], { withUsualFiles }: InspectOptions) =>
    this.#onHost("inspect", session, ({ spec, files }): HostFacts => {
      const existing = users.filter((user) => user === spec.user || user === "root");
      const account = (user: string) => ({ user, uid: user === "root" ? 0 : 1000, home: homeOf(user) });
      const read = existing.map((user) => [user, usualPaths(user).map((path) => fileAt(files, path))] as const);
      return {
        loginAccount: account(spec.user),
        accounts: new Map(existing.map((user) => [user, account(user)])),
        become: "sudo",
        sshdSettings: new Map(existing.map((user) => [user, SETTINGS])),
        sshdConfig: "PermitRootLogin without-password\n",
        ...(withUsualFiles && { usualFiles: new Map(read) }),
      };
    });

  read = async (session: SimulatedSession, _facts: HostFacts, user: string, paths: readonly string[]) =>
    this.#onHost("read", session, ({ files }) =>
      paths.map((path) => fileAt(files, path.startsWith("/") ? path : `${homeOf(user)}/${path}`)),
    );

  replace = async (
    session: SimulatedSession,
    _facts: HostFacts,
    user: string,
    path: string,
    expected: Buffer | undefined,
    bytes: Buffer,
  ): Promise<ReplaceOutcome> =>
    this.#onHost("write", session, ({ files }, fault) => {
      const owner = [...files.keys()].find((each) => path === `${homeOf(each)}/${FILE}`) ?? user;
      const before = files.get(owner);
      if (fault === "somebody edits the file")
        files.set(owner, Buffer.concat([before ?? bytes, Buffer.from("# me\n")]));
      if (!same(files.get(owner), expected)) return { outcome: "changed" };
      if (fault === "disk full") return { outcome: "failed", reason: "No space left on device" };
      files.set(owner, bytes);
      if (fault === "somebody puts the file back" && before) files.set(owner, before);
      return { outcome: "written", bytes, inPlace: false };
    });

  /** Does nothing but log in and run a command. */
  check = async (session: SimulatedSession) => this.#onHost("run", session, () => undefined);

  async #onHost<T>(
    what: string,
    session: SimulatedSession,
    work: (host: SimulatedHost, fault: FaultName | undefined) => T,
  ): Promise<T> {
    const [address = ""] = session.where.split(":");
    return await this.#step(what, address, (fault) => {
      const host = this.hosts.get(address);
      const lost = new SshConnectionLostError(`The connection to ${address} was lost.`);
      if (fault === "connection reset") session.isLost = true;
      if (session.isLost || !host?.isUp) throw lost;
      const result = work(host, fault);
      if (fault !== "answer lost") return result;
      session.isLost = true;
      throw lost;
    });
  }

  async #step<T>(what: string, address: string, perform: (fault: FaultName | undefined) => T): Promise<T> {
    const kind: Effect["kind"] = what === "connect" ? "connect" : what === "write" ? "write" : "command";
    const name = this.hosts.get(address)?.spec.hostname.replace(/-[0-9a-f]{7}$/, "") ?? "no host";
    return await happen({ kind, what: `${what} ${name}` }, async (fault) => perform(fault));
  }
}

/** In place of a session over a connection. */
export class SimulatedSession {
  isLost = false;
  readonly hostKey: HostKey;
  readonly where: string;
  readonly loggedInWith: string;
  readonly loggedInKey: string | undefined;

  constructor({ seen, target }: HostKeyCheck, { acceptedStep }: Opened) {
    if (!seen) throw new SshConnectionLostError(`${target.host} showed no host key.`);
    this.hostKey = seen;
    this.where = `${target.host}:${target.port}`;
    this.loggedInWith = acceptedStep?.label() ?? "no credential";
    this.loggedInKey = acceptedStep?.usedKey;
  }

  close(): void {
    this.isLost = true;
  }
}

/** Takes a login step as sshd does: answers a question, or lets a key in. */
function takes(host: SimulatedHost, user: string, step: LoginStep): boolean {
  // The label names the key that is asked about.
  const [fingerprint = ""] = /SHA256:\S+/.exec(step.label()) ?? [];
  if ("answer" in step) {
    step.answer = host.accepts(user, fingerprint) ? "yes" : "no";
    return false;
  }
  if (host.accepts(user, fingerprint)) {
    sign(step, user);
    return true;
  }
  step.refused?.(["publickey"]);
  return false;
}

/** Lets a step sign, which shows that its key was used. */
function sign(step: LoginStep, user: string): void {
  const method = step.method(user);
  if (typeof method === "object" && method.type === "publickey") (method.key as ParsedKey).sign(Buffer.from("a login"));
}

function usualPaths(user: string): string[] {
  return [`${homeOf(user)}/${FILE}`, `${homeOf(user)}/${FILE}2`];
}

function fileAt(files: ReadonlyMap<string, Buffer>, path: string): HostFile {
  const owner = [...files.keys()].find((user) => path === `${homeOf(user)}/${FILE}`);
  const bytes = owner === undefined ? undefined : files.get(owner);
  const about = { path, resolved: path, links: 1, owner: owner ?? "", mode: "0600" };
  return bytes ? { ...about, status: "read", bytes } : { ...about, status: "missing", bytes: Buffer.alloc(0) };
}

function same(left: Buffer | undefined, right: Buffer | undefined): boolean {
  return left === undefined || right === undefined ? left === right : left.equals(right);
}

/** An Ed25519 public key on the wire (RFC 8709). */
function newHostKey(): Buffer {
  const parts = [Buffer.from("ssh-ed25519"), present.chance.bytes(32)];
  return Buffer.concat(parts.flatMap((part) => [Buffer.from([0, 0, 0, part.length]), part]));
}
