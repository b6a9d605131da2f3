/** What can go wrong between a client and a guest, on demand. */

/** What a connection meets. The peer's address that the guest sees stays the real one, its port does not. */
export type ConnectionFault =
  /** The connection is accepted, and nothing is ever said. */
  | { readonly kind: "silent-before-banner" }
  /** The connection is accepted and ended, as by a server that has too many. */
  | { readonly kind: "dropped-before-banner" }
  /** The login succeeds, and nothing is answered any more, not even a keep-alive. */
  | { readonly kind: "silent-after-login" }
  /** The connection ends, or falls silent, once this much of what the client sent has got to the guest. */
  | {
      readonly kind: "dropped-after-bytes" | "silent-after-bytes";
      /** Encrypted bytes, 0 or more. */
      readonly bytes: number;
      /** From where on bytes count: from the login on, or from the first one. Default `login`. */
      readonly since?: "login" | "connect";
    }
  /** Whatever arrives, in either direction, is passed on this many milliseconds later. */
  | { readonly kind: "slow"; readonly ms: number };

/** What goes wrong with one guest, and how often. */
export type GuestFault =
  /** Nothing listens. Connections that are open stay open. */
  | { readonly kind: "refused" }
  | (ConnectionFault & {
      /** How many connections, of those that the security groups let in, are hit. Default: all, until it is taken back. */
      readonly connections?: number;
    });

/** Ends a fault. What connections that are open have met stays with them. Calling it twice is fine. */
export type TakeBack = () => Promise<void>;

/** The faults that a guest's next connections meet. */
export class ConnectionFaults {
  readonly #pending: { readonly fault: ConnectionFault; left: number }[] = [];

  /** Orders a fault. Of several the one ordered first hits. @returns what takes it back */
  add(fault: ConnectionFault, connections = Number.POSITIVE_INFINITY): TakeBack {
    const entry = { fault, left: connections };
    this.#pending.push(entry);
    return async () => {
      entry.left = 0;
    };
  }

  /** The fault that hits the connection which has just come, if any. */
  take(): ConnectionFault | undefined {
    const hit = this.#pending.find(({ left }) => left > 0);
    if (hit) hit.left -= 1;
    return hit?.fault;
  }
}
