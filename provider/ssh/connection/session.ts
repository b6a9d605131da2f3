import { SshConnectionLostError } from "../../errors";
import { KeyedMutex } from "../../keyed_mutex";
import { type ExecOptions, type ExecResult, runCommand } from "./exec";
import { closeConnection, type Opened } from "./handshake";
import type { HostKey, HostKeyCheck } from "./host_key";
import { hostAndPort } from "./target";

/** An open, logged-in connection. The caller must close it. */
export interface SshSession {
  /** The name of the host in errors: `host:port`. */
  readonly where: string;
  /** The key that the host proved. */
  readonly hostKey: HostKey;
  /** The credential that the server accepted, by fingerprint. */
  readonly loggedInWith: string;
  /** SHA256 fingerprint of the key that logged in; undefined if the server needed no key. */
  readonly loggedInKey: string | undefined;
  /**
   * Runs a command with the user's login shell. A status other than 0 is no error. Rejects with SshCommandError,
   * SshTimeoutError or SshConnectionLostError. `stdin` defaults to nothing. Commands run one after the other, because
   * sshd may allow only one session in a connection (`MaxSessions`).
   */
  exec(command: string, stdin?: string | Buffer, options?: ExecOptions): Promise<ExecResult>;
  /** Closes the connection, and the one to the bastion. Commands that still run are rejected. May be called again. */
  close(): void;
}

/** See SshSession. */
export class Session implements SshSession {
  readonly hostKey: HostKey;
  readonly loggedInWith: string;
  readonly loggedInKey: string | undefined;
  readonly where: string;

  readonly #opened: Opened;
  readonly #commands = new KeyedMutex();

  constructor({ seen, target }: HostKeyCheck, opened: Opened) {
    this.#opened = opened;
    this.where = hostAndPort(target);
    if (!seen) throw new SshConnectionLostError(`${this.where} showed no host key.`);
    this.hostKey = seen;
    this.loggedInWith = opened.acceptedStep?.label() ?? "no credential";
    this.loggedInKey = opened.acceptedStep?.usedKey;
  }

  exec(command: string, stdin: string | Buffer = "", options: ExecOptions = {}): Promise<ExecResult> {
    const run = () => runCommand(this.#opened.client, this.where, { command, stdin, ...options });
    return this.#commands.run("one", run, options.signal);
  }

  close(): void {
    closeConnection(this.#opened.client, this.#opened.stream);
  }
}
