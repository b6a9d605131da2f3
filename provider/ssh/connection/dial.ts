import type { ServerHostKeyAlgorithm } from "ssh2";
import { HostKeyChangedError, SshUnreachableError } from "../../errors";
import { hostKeyAlgorithms, keyTypeOf } from "./algorithms";
import { takeSlot } from "./connection_slots";
import { handshake, type Opened } from "./handshake";
import type { HostKeyCheck } from "./host_key";
import type { LoginStep } from "./login_step";
import { backoff, pause } from "./pause";
import type { Route } from "./route";

/** The host, the login steps and the route. */
export interface DialOptions {
  /** The host, and its known keys. */
  readonly check: HostKeyCheck;
  /** See HandshakeOptions. */
  readonly steps: readonly LoginStep[];
  /** The route to the host. */
  readonly route: Route;
  /** How often to connect again after the server drops a connection before the login. Default 3. */
  readonly retries?: number;
}

/**
 * Connects, checks the host key, and takes the login steps. When the connection ends, everything that was opened is
 * closed.
 *
 * If only a fingerprint is known, a host with several keys may show another of its keys first. The key counts as
 * changed only after the other types were tried too.
 */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<Opened> {
  const { pins } = options.check;
  const isTypeUnknown = pins.some((pin) => pin.type === undefined);
  let algorithms = hostKeyAlgorithms(pins);
  for (let changed: HostKeyChangedError | undefined; ; ) {
    try {
      return await dialWithRetry(options, algorithms, signal);
    } catch (error) {
      changed ??= error instanceof HostKeyChangedError && isTypeUnknown ? error : undefined;
      algorithms = algorithms.filter((algorithm) => keyTypeOf(algorithm) !== options.check.seen?.type);
      if (!(error instanceof HostKeyChangedError) || !isTypeUnknown || algorithms.length === 0) throw changed ?? error;
    }
  }
}

/** Servers drop connections at random under load, and on purpose after failed logins, so a few retries help. */
async function dialWithRetry(
  options: DialOptions,
  algorithms: readonly ServerHostKeyAlgorithm[],
  signal: AbortSignal,
): Promise<Opened> {
  for (let tries = 0; ; tries++) {
    try {
      return await dialOnce(options, algorithms, signal);
    } catch (error) {
      const isDropped = error instanceof SshUnreachableError && error.kind === "dropped";
      if (!isDropped || tries === (options.retries ?? 3) || !(await pause(backoff(tries, 200, 2000), signal)))
        throw error;
    }
  }
}

async function dialOnce(
  options: DialOptions,
  algorithms: readonly ServerHostKeyAlgorithm[],
  signal: AbortSignal,
): Promise<Opened> {
  const { check, steps, route } = options;
  check.reset();
  const freeSlot = await takeSlot(route.slotName, signal);
  try {
    const stream = await route.open(signal);
    stream.once("close", freeSlot);
    const opened = await handshake({ stream, check, hostKeyAlgorithms: algorithms, steps }, signal);
    if (route.holdsSlot === "until logged in") freeSlot();
    return opened;
  } catch (error) {
    freeSlot();
    throw error;
  }
}
