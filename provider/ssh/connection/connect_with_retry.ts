import { setTimeout as wait } from "node:timers/promises";
import { SshUnreachableError } from "../../errors";
import { connect } from "./connect";
import type { Credential } from "./credentials";
import type { HostAccess } from "./host_access";
import type { LoginStep } from "./login_step";
import type { Route } from "./route";
import type { SshSession } from "./session";

/** In milliseconds: longer than the 15 to 20 s of penalty for three of our questions. */
const RETRY_MS = 25_000;
const PAUSE_MS = 2_000;

/**
 * Connects as `connect` does, and retries for a while if the host drops the connection. OpenSSH 9.8 and later does that
 * to an address with several connections without a login (PerSourcePenalties), such as questions about keys.
 */
export async function connectWithRetry(
  access: HostAccess,
  credentials: readonly Credential[],
  ask: readonly LoginStep[] = [],
  holdsSlot: Route["holdsSlot"] = "until closed",
): Promise<SshSession> {
  const end = performance.now() + RETRY_MS;
  for (;;) {
    try {
      return await connect(access.target, credentials, { ...access, ask, holdsSlot });
    } catch (error) {
      const isDropped = error instanceof SshUnreachableError && error.kind === "dropped";
      if (!isDropped || performance.now() + PAUSE_MS >= end) throw error;
      await pause(access.signal);
    }
  }
}

/** @throws the reason of the signal if it aborts meanwhile */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(PAUSE_MS, undefined, signal && { signal });
  } catch {
    throw signal?.reason;
  }
}
