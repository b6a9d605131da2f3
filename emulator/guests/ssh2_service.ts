/** An SSH server in this process (npm ssh2): no root, no sshd, a few milliseconds a guest. */
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { type Connection, Server } from "ssh2";
import { Authenticator } from "./authenticator";
import type { Confinement } from "./confinement";
import type { HostKeyPair } from "./host_keys";
import type { SshService } from "./listening_guest";
import type { Place } from "./place";
import { serveSession } from "./session";

/** What current OpenSSH servers agree to; no SHA-1. */
const ALGORITHMS = {
  kex: ["curve25519-sha256", "ecdh-sha2-nistp256"],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "aes128-ctr"],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256"],
} as const;

/** The signature algorithms of each kind of host key. */
const SIGNATURES = {
  ed25519: ["ssh-ed25519"],
  ecdsa: ["ecdsa-sha2-nistp256"],
  rsa: ["rsa-sha2-512", "rsa-sha2-256"],
} as const;

/** Serves the connections of one guest and runs its commands in a confinement. */
export class Ssh2Service implements SshService {
  #server: Server;
  /** The peers' ports of connections that have logged in, as far as anybody asks. */
  readonly #loggedIn = new Map<number, boolean>();

  constructor(
    readonly place: Place,
    hostKeys: readonly HostKeyPair[],
    readonly confinement: Confinement,
  ) {
    this.#server = this.#serverWith(hostKeys);
  }

  async start(): Promise<void> {}

  serve(socket: Socket): void {
    this.#server.injectSocket(socket);
    socket.resume();
  }

  async logins(peerPort: number): Promise<() => Promise<boolean>> {
    this.#loggedIn.set(peerPort, false);
    return async () => this.#loggedIn.get(peerPort) === true;
  }

  async showHostKeys(hostKeys: readonly HostKeyPair[]): Promise<void> {
    this.#server = this.#serverWith(hostKeys);
  }

  runAsRoot(script: string): Promise<ChildProcess> {
    return this.confinement.run({ user: "root", shell: ["-c", script], environment: {} });
  }

  end(): Promise<void> {
    return this.confinement.end();
  }

  #serverWith(hostKeys: readonly HostKeyPair[]): Server {
    const algorithms = {
      ...mutable(ALGORITHMS),
      serverHostKey: hostKeys.flatMap(({ kind }) => SIGNATURES[kind]),
    };
    const config = { hostKeys: hostKeys.map((key) => key.private), ident: "OpenSSH_emulated", algorithms };
    return new Server(config, (connection, { ip, port }) => {
      const authenticator = new Authenticator(this.place, ip);
      connection.on("authentication", (context) => authenticator.decide(context, connection));
      connection.on("session", (accept) => serveSession(accept(), this.confinement, authenticator.login));
      connection.once("ready", () => this.#loggedIn.has(port) && this.#loggedIn.set(port, true));
      connection.once("close", () => this.#loggedIn.delete(port));
      ignoreErrors(connection);
    });
  }
}

// A client that hangs up is no error of the guest's.
function ignoreErrors(connection: Connection): void {
  connection.on("error", () => undefined);
}

function mutable<T extends Record<string, readonly string[]>>(lists: T): { [Name in keyof T]: T[Name][number][] } {
  // Object.entries forgets which key goes with which list; nothing else changes.
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list]])) as {
    [Name in keyof T]: T[Name][number][];
  };
}
