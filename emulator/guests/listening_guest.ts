/** A guest on its own loopback address, behind its security groups, whichever SSH server answers there. */
import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { Guest, GuestSpec } from "./guest";
import { homeOf, type Place } from "./place";

/** See Settings.closedPort. */
export type ClosedPort = "reset" | "silent";

/** What answers on a guest's port. */
export interface SshService {
  /** Makes ready to serve, each time that the guest starts. @throws when that is impossible here */
  start(): Promise<void>;
  /** Takes a connection over, from which nothing has been read. */
  serve(socket: Socket): void;
  /** Ends every process of the guest. */
  end(): Promise<void>;
}

/** What a guest is made of. */
export interface GuestParts {
  readonly spec: GuestSpec;
  readonly place: Place;
  readonly service: SshService;
  readonly hostKeys: readonly string[];
  readonly port: number;
  readonly closedPort: () => ClosedPort;
  /** Removes what is kept of the guest outside its own directory. */
  readonly forget: () => Promise<void>;
}

/** A guest that listens while it runs; its files and host keys outlive a stop. */
export class ListeningGuest implements Guest {
  readonly spec: GuestSpec;
  readonly port: number;
  readonly hostKeys: readonly string[];
  readonly root: string;
  #listener: Server | undefined;
  readonly #parts: GuestParts;
  readonly #sockets = new Set<Socket>();

  constructor(parts: GuestParts) {
    this.#parts = parts;
    this.spec = parts.spec;
    this.port = parts.port;
    this.hostKeys = parts.hostKeys;
    this.root = parts.place.root;
  }

  home(user: string): string {
    return homeOf(this.#parts.place, user);
  }

  async start(): Promise<void> {
    if (this.#listener) return;
    await this.#parts.service.start();
    // Paused: whatever this process reads is lost to a server in another one.
    const listener = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#admit(socket));
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
    await Promise.all([closed, this.#parts.service.end()]);
  }

  async destroy(): Promise<void> {
    await this.stop();
    await rm(this.#parts.place.root, { recursive: true, force: true });
    await this.#parts.forget();
  }

  #admit(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket)).on("error", () => undefined);
    if (this.spec.admits(socket.remoteAddress ?? "")) this.#parts.service.serve(socket);
    else if (this.#parts.closedPort() === "reset") socket.resetAndDestroy();
    // Read, so that the client's end is noticed.
    else socket.resume();
  }
}
