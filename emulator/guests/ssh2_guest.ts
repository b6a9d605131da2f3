/** One guest's SSH server, on the guest's own loopback address. */
import { rm } from "node:fs/promises";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import { type Connection, Server } from "ssh2";
import { Authenticator } from "./authenticator";
import type { Confinement } from "./confinement";
import type { Guest, GuestSpec } from "./guest";
import { type HostKeyPair, homeOf, type Place } from "./place";
import { serveSession } from "./session";

/** See Settings.closedPort. */
export type ClosedPort = "reset" | "silent";

/** What a guest is made of. */
export interface Ssh2GuestParts {
  readonly spec: GuestSpec;
  readonly place: Place;
  readonly hostKey: HostKeyPair;
  readonly confinement: Confinement;
  readonly port: number;
  readonly closedPort: () => ClosedPort;
  /** Removes what is kept of the guest outside its own directory. */
  readonly forget: () => Promise<void>;
}

/** What current OpenSSH servers agree to; no SHA-1. */
const ALGORITHMS = {
  kex: ["curve25519-sha256", "ecdh-sha2-nistp256"],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "aes128-ctr"],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256"],
  serverHostKey: ["ssh-ed25519"],
} as const;

/** A guest that listens while it runs; its files and host key outlive a stop. */
export class Ssh2Guest implements Guest {
  readonly spec: GuestSpec;
  readonly port: number;
  #hostKey: Ssh2GuestParts["hostKey"];
  #listener: NetServer | undefined;
  readonly #parts: Ssh2GuestParts;
  readonly #sockets = new Set<Socket>();

  constructor(parts: Ssh2GuestParts) {
    this.#parts = parts;
    this.spec = parts.spec;
    this.port = parts.port;
    this.#hostKey = parts.hostKey;
  }

  get hostKey(): string {
    return this.#hostKey.public;
  }

  home(user: string): string {
    return homeOf(this.#parts.place, user);
  }

  async start(): Promise<void> {
    if (this.#listener) return;
    const ssh = this.#server();
    const listener = createServer((socket) => this.#admit(ssh, socket));
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject).listen(this.port, this.spec.address, resolve);
    });
    this.#listener = listener;
  }

  async stop(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    const closed = listener && new Promise((resolve) => listener.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([closed, this.#parts.confinement.end()]);
  }

  async destroy(): Promise<void> {
    await this.stop();
    await rm(this.#parts.place.root, { recursive: true, force: true });
    await this.#parts.forget();
  }

  #server(): Server {
    const { place, confinement } = this.#parts;
    const config = { hostKeys: [this.#hostKey.private], ident: "OpenSSH_emulated", algorithms: mutable(ALGORITHMS) };
    return new Server(config, (connection, { ip }) => {
      const authenticator = new Authenticator(place, ip);
      connection.on("authentication", (context) => authenticator.decide(context, connection));
      connection.on("session", (accept) => serveSession(accept(), confinement, authenticator.login));
      ignoreErrors(connection);
    });
  }

  #admit(ssh: Server, socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket)).on("error", () => undefined);
    if (this.spec.admits(socket.remoteAddress ?? "")) ssh.injectSocket(socket.setNoDelay());
    else if (this.#parts.closedPort() === "reset") socket.resetAndDestroy();
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
