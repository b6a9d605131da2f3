import type { Duplex } from "node:stream";
import { hostAndPort, type SshTarget } from "./target";
import { openTcp } from "./tcp";

/** A route to a host. */
export interface Route {
  /** Connections with the same name share the two slots of a host. */
  readonly slotName: string;
  /** sshd limits connections without a login. A bastion may carry many that have logged in. */
  readonly holdsSlot: "until closed" | "until logged in";
  /** Opens a stream to the host. Rejects with one of errors/, or with the signal's reason if the caller aborted. */
  open(signal: AbortSignal): Promise<Duplex>;
}

/** Directly over TCP. */
export function direct(target: SshTarget, holdsSlot: Route["holdsSlot"] = "until closed"): Route {
  return { slotName: hostAndPort(target), holdsSlot, open: (signal) => openTcp(target, signal) };
}
