/** The listening socket of a guest, which others may close for a while. */
import { createServer, type Server, type Socket } from "node:net";
import type { TakeBack } from "./guest_faults";

/** Listens while it is open and nobody holds it shut. */
export class Listener {
  #isOpen = false;
  readonly #holds = new Set<symbol>();
  #server: Server | undefined;
  #last: Promise<void> = Promise.resolve();

  /** @param accept gets each connection, paused: whatever this process reads is lost to a server in another one */
  constructor(
    public address: string,
    readonly port: number,
    readonly accept: (socket: Socket) => void,
  ) {}

  /** Whether its guest runs, also while somebody holds it shut. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws when the port is taken on this address */
  open(): Promise<void> {
    this.#isOpen = true;
    return this.#adjust();
  }

  /** Lets nobody in any more. Connections that are open stay open. */
  close(): Promise<void> {
    this.#isOpen = false;
    return this.#adjust();
  }

  /** Nothing listens until this is taken back. */
  async block(): Promise<TakeBack> {
    const hold = Symbol("hold");
    this.#holds.add(hold);
    await this.#adjust();
    return () => {
      this.#holds.delete(hold);
      return this.#adjust();
    };
  }

  /** One change after the other; one that failed does not keep the next from being tried. */
  #adjust(): Promise<void> {
    this.#last = this.#last.catch(() => undefined).then(() => this.#change());
    return this.#last;
  }

  async #change(): Promise<void> {
    const wanted = this.#isOpen && this.#holds.size === 0;
    if (wanted && !this.#server) this.#server = await this.#listen();
    // Its callback waits for the connections, too; the port is free at once.
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
