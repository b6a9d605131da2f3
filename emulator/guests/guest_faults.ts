/** Failures between a client and a guest that a test can order. */

/** What happens to a connection. The guest sees the client's real address, and another port. */
export type ConnectionFault =
  /** The connection is accepted, and the server sends nothing. */
  | { readonly kind: "silent-before-banner" }
  /** The connection is accepted and closed, as by a server with too many connections. */
  | { readonly kind: "dropped-before-banner" }
  /** The login succeeds. After that the server answers nothing, not even a keep-alive. */
  | { readonly kind: "silent-after-login" }
  /** The connection closes or falls silent after the guest has received this many bytes of the client. */
  | {
      readonly kind: "dropped-after-bytes" | "silent-after-bytes";
      /** Encrypted bytes, 0 or more. */
      readonly bytes: number;
      /** When counting starts: at the login, or at the first byte. Default `login`. */
      readonly since?: "login" | "connect";
    }
  /** Bytes of both directions arrive this many milliseconds later. */
  | { readonly kind: "slow"; readonly ms: number };

/** A fault of one guest, and how often it happens. */
export type GuestFault =
  /** Nothing listens. Connections that are open stay open. */
  | { readonly kind: "refused" }
  | (ConnectionFault & {
      /**
       * How many of the connections that the security groups allow are affected. Default: all, until the fault is
       * ended.
       */
      readonly connections?: number;
    });

/** Ends a fault. Open connections stay affected. A second call does nothing. */
export type TakeBack = () => Promise<void>;

/** The ordered faults of a guest's next connections. */
export class ConnectionFaults {
  readonly #pending: { readonly fault: ConnectionFault; left: number }[] = [];

  /**
   * Orders a fault. When there are several, the one that was ordered first happens.
   *
   * @returns a function that ends it
   */
  add(fault: ConnectionFault, connections = Number.POSITIVE_INFINITY): TakeBack {
    const entry = { fault, left: connections };
    this.#pending.push(entry);
    return async () => {
      entry.left = 0;
    };
  }

  /** The fault of the connection that has just arrived, if any. */
  take(): ConnectionFault | undefined {
    const hit = this.#pending.find(({ left }) => left > 0);
    if (hit) hit.left -= 1;
    return hit?.fault;
  }
}
