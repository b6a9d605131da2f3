/** An SSH server in this process (npm ssh2). It needs no root and no sshd, and takes a few milliseconds per guest. */
import type { ChildProcess } from "node:child_process";
import { lstat } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { type Connection, Server } from "ssh2";
import { Authenticator } from "./authenticator";
import type { Confinement } from "./confinement";
import { hostKeysIn, LOADED, SSH_DIRECTORY, writeHostKeys } from "./host_key_files";
import type { HostKeyPair } from "./host_keys";
import type { Penalties } from "./penalties";
import type { Place } from "./place";
import { serveSession } from "./session";
import type { SshService } from "./ssh_service";

/** Algorithms of current OpenSSH servers, without SHA-1. */
const serverAlgorithms = {
  kex: ["curve25519-sha256", "ecdh-sha2-nistp256"],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "aes128-ctr"],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256"],
} as const;

/** The signature algorithms of each kind of host key. */
const signatureAlgorithms = {
  ed25519: ["ssh-ed25519"],
  ecdsa: ["ecdsa-sha2-nistp256"],
  rsa: ["rsa-sha2-512", "rsa-sha2-256"],
} as const;

/** The progress of a connection: no attempt, a failed attempt, or a login. */
type Progress = "noauth" | "authfail" | "login";

/** Serves the connections of one guest and runs its commands in a confinement. */
export class Ssh2Service implements SshService {
  #server: Server;
  #hostKeys: readonly HostKeyPair[];
  /** Identifies the directory of loaded keys that was read last. */
  #loaded = "";
  #read = Promise.resolve();
  /** The progress of open connections, by address and port of the peer. */
  readonly #progress = new Map<string, Progress>();

  constructor(
    readonly place: Place,
    hostKeys: readonly HostKeyPair[],
    readonly confinement: Confinement,
    readonly penalties: Penalties | undefined,
  ) {
    this.#hostKeys = hostKeys;
    this.#server = this.#serverWith(hostKeys);
  }

  /** Loads the host keys from their files, as sshd does at its start. */
  async start(): Promise<void> {
    this.#loaded = await this.#stampOfLoaded();
    this.#show(await hostKeysIn(this.place, SSH_DIRECTORY));
  }

  serve(socket: Socket): void {
    if (this.penalties?.drops(socket.remoteAddress ?? "")) {
      socket.end("Not allowed at this time\r\n").resume();
      return;
    }
    this.#watch(socket);
    void this.#reload().then(() => {
      this.#server.injectSocket(socket);
      socket.resume();
    });
  }

  async watchLogin(address: string, port: number): Promise<() => Promise<boolean>> {
    return async () => this.#progress.get(`${address} ${port}`) === "login";
  }

  async showHostKeys(hostKeys: readonly HostKeyPair[]): Promise<void> {
    await writeHostKeys(this.place, hostKeys);
    this.#show(hostKeys);
  }

  async hostKeys(): Promise<readonly HostKeyPair[]> {
    await this.#reload();
    return this.#hostKeys;
  }

  runAsRoot(script: string): Promise<ChildProcess> {
    return this.confinement.run({ user: "root", shell: ["-c", script], environment: {} });
  }

  end(): Promise<void> {
    return this.confinement.end();
  }

  /** Loads the host keys again after a `systemctl reload ssh` in the guest. */
  #reload(): Promise<void> {
    // One after the other, so that every connection waits for the reading that is under way.
    this.#read = this.#read.then(() => this.#readLoaded());
    return this.#read;
  }

  async #readLoaded(): Promise<void> {
    const stamp = await this.#stampOfLoaded();
    if (stamp === this.#loaded) return;
    this.#loaded = stamp;
    this.#show(await hostKeysIn(this.place, LOADED));
  }

  #show(hostKeys: readonly HostKeyPair[]): void {
    if (hostKeys.length === 0) return;
    this.#hostKeys = hostKeys;
    this.#server = this.#serverWith(hostKeys);
  }

  async #stampOfLoaded(): Promise<string> {
    const found = await lstat(join(this.place.root, LOADED)).catch(() => undefined);
    return found ? `${found.ino} ${found.mtimeMs}` : "";
  }

  /** Follows a connection from its start: ssh2 does not report a client that sends nothing. */
  #watch(socket: Socket): void {
    const { remoteAddress = "", remotePort } = socket;
    const peer = `${remoteAddress} ${remotePort}`;
    this.#progress.set(peer, "noauth");
    socket.once("close", () => {
      const reached = this.#progress.get(peer) ?? "login";
      this.#progress.delete(peer);
      if (reached !== "login") this.penalties?.add(remoteAddress, reached);
    });
  }

  #serverWith(hostKeys: readonly HostKeyPair[]): Server {
    const algorithms = {
      ...mutable(serverAlgorithms),
      serverHostKey: hostKeys.flatMap(({ kind }) => signatureAlgorithms[kind]),
    };
    const config = { hostKeys: hostKeys.map((key) => key.private), ident: "OpenSSH_emulated", algorithms };
    return new Server(config, (connection, { ip, port }) => {
      const authenticator = new Authenticator(this.place, ip);
      const reach = (progress: Progress) => this.#progress.set(`${ip} ${port}`, progress);
      connection.on("authentication", (context) => {
        // With "none" a client only asks for the methods.
        if (context.method !== "none") reach("authfail");
        void authenticator.decide(context, connection);
      });
      connection.once("ready", () => reach("login"));
      connection.on("session", (accept) => serveSession(accept(), this.place, this.confinement, authenticator.login));
      ignoreErrors(connection);
    });
  }
}

// A client may close its connection at any time. That is no error of the guest.
function ignoreErrors(connection: Connection): void {
  connection.on("error", () => undefined);
}

function mutable<T extends Record<string, readonly string[]>>(lists: T): { [Name in keyof T]: T[Name][number][] } {
  // Object.entries loses the relation between names and lists, so the result needs a cast.
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list]])) as {
    [Name in keyof T]: T[Name][number][];
  };
}
