import { SshConnectionLostError, SshTimeoutError, SshUnreachableError } from "../errors";
import { type Bastion, routeTo } from "./connection/bastion";
import type { Credential } from "./connection/credentials";
import { backoff, pause, withDeadline } from "./connection/deadline";
import { type DialOptions, dial } from "./connection/dial";
import { closeConnection } from "./connection/handshake";
import { type HostKey, HostKeyCheck, parseHostKeyPin } from "./connection/host_key";
import { hostAndPort, type SshTarget } from "./connection/target";

/** How long to wait, and for whom. */
export interface WaitOptions {
  /** Known host keys: `type base64`, bare base64 or `SHA256:...`. Another key ends the wait with HostKeyChangedError. Default: any key will do. */
  readonly knownHostKeys?: readonly string[];
  /** When to give up, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborting it rejects with its reason. */
  readonly signal?: AbortSignal;
  /** A host to go through, with `credentials` where it has no key of its own. */
  readonly bastion?: Bastion;
  readonly credentials?: readonly Credential[];
}

/** One try may take this long: a firewall that drops packets gives no answer at all. */
const TRY_MS = 10_000;

/**
 * Waits until a host has proven its host key; nobody logs in, and no user name is sent.
 *
 * Rejects with SshTimeoutError, whose message says what was seen last, or with HostKeyChangedError.
 */
export async function waitForSsh(target: SshTarget, options: WaitOptions): Promise<HostKey> {
  const credentials = options.credentials ?? [];
  const check = new HostKeyCheck(target, (options.knownHostKeys ?? []).map(parseHostKeyPin), "accept");
  const route = routeTo(target, options.bastion, { credentials });
  return withDeadline(options.timeoutMs, options.signal, async (deadline) => {
    const { hostKey, last } = await waitForHostKey({ check, steps: [], route, retries: 0 }, deadline);
    if (hostKey) return hostKey;
    const seen = last ? ` Seen last: ${last.message}` : "";
    throw new SshTimeoutError(`No SSH server on ${hostAndPort(target)} within ${options.timeoutMs / 1000} s.${seen}`);
  });
}

/** Tries until the host has shown its key, or until the deadline; then it tells why the last try failed. */
async function waitForHostKey(
  options: DialOptions,
  deadline: AbortSignal,
): Promise<{ hostKey?: HostKey; last?: Error }> {
  let last: Error | undefined;
  for (let tries = 0; ; tries++) {
    try {
      return { hostKey: await readHostKey(options, deadline) };
    } catch (error) {
      if (!isTransient(error)) throw error;
      // What our own deadline cut short says less than the try before it.
      if (!last || !deadline.aborted) last = error;
      if (!(await pause(retryPause(error, tries), deadline))) return { last };
    }
  }
}

async function readHostKey(options: DialOptions, deadline: AbortSignal): Promise<HostKey> {
  const { client, stream } = await withDeadline(TRY_MS, deadline, (signal) => dial(options, signal));
  closeConnection(client, stream);
  if (!options.check.seen) throw new SshConnectionLostError(`${hostAndPort(options.check.target)} showed no host key.`);
  return options.check.seen;
}

/** What a machine that is still starting does. A changed host key or a stranger's protocol will not go away. */
function isTransient(error: unknown): error is Error {
  const passing = [SshUnreachableError, SshTimeoutError, SshConnectionLostError];
  return passing.some((kind) => error instanceof kind);
}

/** OpenSSH 9.8 and later count connections without a login against us, so what has reached sshd is repeated rarely. */
function retryPause(error: Error, tries: number): number {
  const reachedSshd = !(error instanceof SshUnreachableError) || error.kind === "dropped";
  return reachedSshd ? backoff(tries, 1000, 15_000) : backoff(tries, 200, 2000);
}
