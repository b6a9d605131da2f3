import type { ServerHostKeyAlgorithm } from "ssh2";
import { HostKeyChangedError, SshUnreachableError } from "../../errors";
import { hostKeyAlgorithms, keyTypeOf } from "./algorithms";
import { takeSlot } from "./connection_slots";
import { backoff, pause } from "./deadline";
import { handshake, type Opened } from "./handshake";
import type { HostKeyCheck } from "./host_key";
import type { LoginStep } from "./login_step";
import type { Route } from "./route";

/** Whom to call and what to show. */
export interface DialOptions {
  /** The host, and what is known of its key. */
  readonly check: HostKeyCheck;
  /** See HandshakeOptions. */
  readonly steps: readonly LoginStep[];
  /** The way there. */
  readonly route: Route;
  /** How often a connection that the server dropped before login is made again. Default 3. */
  readonly retries?: number;
}

/**
 * Connects, checks the host key, and takes the login steps; all that is opened is closed when the connection ends.
 *
 * Where only a fingerprint is known, a host with several keys may show another of them first; the other types are
 * then asked for before the key counts as changed.
 */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<Opened> {
  const { pins } = options.check;
  const typeUnknown = pins.some((pin) => pin.type === undefined);
  let algorithms = hostKeyAlgorithms(pins);
  for (let changed: HostKeyChangedError | undefined; ; ) {
    try {
      return await dialWithRetry(options, algorithms, signal);
    } catch (error) {
      changed ??= error instanceof HostKeyChangedError && typeUnknown ? error : undefined;
      algorithms = algorithms.filter((algorithm) => keyTypeOf(algorithm) !== options.check.seen?.type);
      if (!(error instanceof HostKeyChangedError) || !typeUnknown || algorithms.length === 0) throw changed ?? error;
    }
  }
}

/** Servers drop connections at random under load, and on purpose after failed logins: worth a few more tries. */
async function dialWithRetry(
  options: DialOptions,
  algorithms: readonly ServerHostKeyAlgorithm[],
  signal: AbortSignal,
): Promise<Opened> {
  for (let tries = 0; ; tries++) {
    try {
      return await dialOnce(options, algorithms, signal);
    } catch (error) {
      const dropped = error instanceof SshUnreachableError && error.kind === "dropped";
      if (!dropped || tries === (options.retries ?? 3) || !(await pause(backoff(tries, 200, 2000), signal)))
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
  check.beginAnew();
  const leaveLane = await takeSlot(route.slotName, signal);
  try {
    const stream = await route.open(signal);
    stream.once("close", leaveLane);
    const opened = await handshake({ stream, check, hostKeyAlgorithms: algorithms, steps }, signal);
    if (route.holdsSlot === "until logged in") leaveLane();
    return opened;
  } catch (error) {
    leaveLane();
    throw error;
  }
}
