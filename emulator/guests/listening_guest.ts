/** A guest that listens on its own loopback address, behind its security groups. */
import { rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { type Ended, waitForExit } from "./command_result";
import { serveWithFault } from "./faulty_connection";
import type { Guest, GuestSpec } from "./guest";
import { ConnectionFaults, type GuestFault, type TakeBack } from "./guest_faults";
import type { HostKeyPair } from "./host_keys";
import { Listener } from "./listener";
import { homeOf, type Place } from "./place";
import type { SshService } from "./ssh_service";

/** See Settings.closedPort. */
export type ClosedPort = "reset" | "silent";

/** The parts of a guest. */
export interface GuestParts {
  readonly spec: GuestSpec;
  readonly place: Place;
  readonly service: SshService;
  readonly port: number;
  readonly closedPort: () => ClosedPort;
  /** Generates host keys of the same kinds. Where guests are kept, it saves them in place of the old ones. */
  readonly renewHostKeys: () => Promise<readonly HostKeyPair[]>;
  /** Removes what is saved of the guest outside its own directory. */
  readonly forget: () => Promise<void>;
}

/** Listens while the guest runs. Files and host keys outlive a stop. */
export class ListeningGuest implements Guest {
  readonly spec: GuestSpec;
  readonly port: number;
  readonly root: string;
  readonly #parts: GuestParts;
  readonly #listener: Listener;
  readonly #faults = new ConnectionFaults();
  readonly #sockets = new Set<Socket>();

  constructor(parts: GuestParts) {
    this.#parts = parts;
    this.spec = parts.spec;
    this.port = parts.port;
    this.root = parts.place.root;
    this.#listener = new Listener(parts.spec.address, parts.port, (socket) => this.#admit(socket));
  }

  get address(): string {
    return this.#listener.address;
  }

  /** Takes effect when it listens the next time. */
  set address(address: string) {
    this.#listener.address = address;
  }

  async hostKeys(): Promise<readonly string[]> {
    return (await this.#parts.service.hostKeys()).map((key) => key.public);
  }

  home(user: string): string {
    return homeOf(this.#parts.place, user);
  }

  async start(): Promise<void> {
    await this.#parts.service.start();
    await this.#listener.open();
  }

  async stop(): Promise<void> {
    await this.#listener.close();
    const closed = [...this.#sockets].map(
      (socket) => new Promise((resolve) => socket.once("close", resolve).destroy()),
    );
    await Promise.all([...closed, this.#parts.service.end()]);
  }

  async destroy(): Promise<void> {
    await this.stop();
    // A killed process may write for a moment longer, so removal is retried.
    await rm(this.#parts.place.root, { recursive: true, force: true, maxRetries: 5 });
    await this.#parts.forget();
  }

  async fault(fault: GuestFault): Promise<TakeBack> {
    return fault.kind === "refused" ? this.#listener.block() : this.#faults.add(fault, fault.connections);
  }

  async replaceHostKeys(): Promise<void> {
    await this.#parts.service.showHostKeys(await this.#parts.renewHostKeys());
  }

  async asRoot(script: string, input: string): Promise<Ended> {
    if (!this.#listener.isOpen) throw new Error(`The guest ${this.#parts.place.hostname} does not run`);
    return waitForExit(await this.#parts.service.runAsRoot(script), input);
  }

  #admit(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket)).on("error", () => undefined);
    if (this.spec.admits(socket.remoteAddress ?? "")) this.#serve(socket);
    else if (this.#parts.closedPort() === "reset") socket.resetAndDestroy();
    // Without reading, this process would not notice that the client closes.
    else socket.resume();
  }

  #serve(socket: Socket): void {
    const { service } = this.#parts;
    const fault = this.#faults.take();
    if (fault) void serveWithFault(fault, socket, { service, address: this.address }).catch(() => undefined);
    else service.serve(socket);
  }
}
