/** The listening socket of a guest, which a fault can close for a while. */
import { createServer, type Server, type Socket } from "node:net";
import type { TakeBack } from "./guest_faults";

/** Listens while it is open and not blocked. */
export class Listener {
  #isOpen = false;
  readonly #blocks = new Set<symbol>();
  #server: Server | undefined;
  #last: Promise<void> = Promise.resolve();

  /**
   * @param accept called with each connection, paused: a server in another process would miss bytes that this one reads
   */
  constructor(
    public address: string,
    readonly port: number,
    readonly accept: (socket: Socket) => void,
  ) {}

  /** Whether its guest runs, also while it is blocked. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws when the port is taken on this address */
  open(): Promise<void> {
    this.#isOpen = true;
    return this.#adjust();
  }

  /** Refuses new connections. Open connections stay open. */
  close(): Promise<void> {
    this.#isOpen = false;
    return this.#adjust();
  }

  /** Refuses new connections until the block is removed. @returns a function that removes it */
  async block(): Promise<TakeBack> {
    const block = Symbol("block");
    this.#blocks.add(block);
    await this.#adjust();
    return () => {
      this.#blocks.delete(block);
      return this.#adjust();
    };
  }

  /** Makes one change after the other. The next one is tried also after a failed one. */
  #adjust(): Promise<void> {
    this.#last = this.#last.catch(() => undefined).then(() => this.#change());
    return this.#last;
  }

  async #change(): Promise<void> {
    const wanted = this.#isOpen && this.#blocks.size === 0;
    if (wanted && !this.#server) this.#server = await this.#listen();
    // Not awaited: the callback also waits for open connections, and the port is free at once.
    if (!wanted) this.#server?.close();
    if (!wanted) this.#server = undefined;
  }

  #listen(): Promise<Server> {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, this.accept);
    return new Promise((resolve, reject) => {
      server.once("error", reject).listen(this.port, this.address, () => resolve(server));
    });
  }
}
