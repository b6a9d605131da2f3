import type { Duplex } from "node:stream";
import { hostAndPort, type SshTarget } from "./target";
import { openTcp } from "./tcp";

/** A way to a host. */
export interface Route {
  /** Connections with the same name share the two places that a host has. */
  readonly slotName: string;
  /** sshd counts who is not logged in yet; a bastion may carry many that are. */
  readonly holdsSlot: "until closed" | "until logged in";
  /** Opens a stream to the host. Rejects with one of errors.ts, or with the signal's reason when the caller gave up. */
  open(signal: AbortSignal): Promise<Duplex>;
}

/** Straight over TCP. */
export function direct(target: SshTarget, holdsSlot: Route["holdsSlot"] = "until closed"): Route {
  return { slotName: hostAndPort(target), holdsSlot, open: (signal) => openTcp(target, signal) };
}
