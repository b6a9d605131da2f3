import { withDeadline } from "../deadline";
import { SshConnectionLostError, SshTimeoutError, SshUnreachableError } from "../errors";
import { type Bastion, routeTo } from "./connection/bastion";
import type { Credential } from "./connection/credentials";
import { type DialOptions, dial } from "./connection/dial";
import { closeConnection } from "./connection/handshake";
import { type HostKey, HostKeyCheck, parseHostKeyPin } from "./connection/host_key";
import { backoff, pause } from "./connection/pause";
import { hostAndPort, type SshTarget } from "./connection/target";
import { cannotReach } from "./connection/tcp";

/** How long to wait, and for which host key. */
export interface WaitOptions {
  /** Known host keys: `type base64`, bare base64 or `SHA256:...`. Another key ends the wait with HostKeyChangedError. Default: any key is accepted. */
  readonly knownHostKeys?: readonly string[];
  /** Time limit for the wait, in milliseconds. */
  readonly timeoutMs: number;
  /** An abort rejects with its reason. */
  readonly signal?: AbortSignal;
  /** A host through which to connect, with `credentials` if it has no key of its own. */
  readonly bastion?: Bastion;
  readonly credentials?: readonly Credential[];
  /** Gets the error of each try that failed. The next try waits for its end. */
  readonly onFailure?: (error: Error) => Promise<void>;
}

/** Time limit for one try: a firewall that drops packets gives no answer at all. */
const TRY_MS = 10_000;

/**
 * Waits until a host has proven its host key. It does not log in, and sends no user name.
 *
 * Rejects with SshTimeoutError, whose message has the last failure, or with HostKeyChangedError.
 */
export async function waitForSsh(target: SshTarget, options: WaitOptions): Promise<HostKey> {
  const { credentials = [], onFailure = async () => undefined } = options;
  const check = new HostKeyCheck(target, (options.knownHostKeys ?? []).map(parseHostKeyPin), "accept");
  const route = routeTo(target, options.bastion, { credentials });
  return withDeadline(options.timeoutMs, options.signal, async (deadline) => {
    const dialing = { check, steps: [], route, retries: 0 };
    const { hostKey, lastError } = await waitForHostKey(dialing, deadline, onFailure);
    if (hostKey) return hostKey;
    // The host has been named already, unless the last failure is one of its bastion.
    const last = lastError ? ` Last failure: ${withoutBeginning(lastError.message, cannotReach(target))}` : "";
    throw new SshTimeoutError(`No SSH server on ${hostAndPort(target)} within ${options.timeoutMs / 1000} s.${last}`);
  });
}

function withoutBeginning(text: string, beginning: string): string {
  return text.startsWith(beginning) ? text.slice(beginning.length) : text;
}

/** Tries until the host has shown its key. After the deadline it returns why the last try failed. */
async function waitForHostKey(
  options: DialOptions,
  deadline: AbortSignal,
  onFailure: (error: Error) => Promise<void>,
): Promise<{ hostKey?: HostKey; lastError?: Error }> {
  let lastError: Error | undefined;
  for (let tries = 0; ; tries++) {
    const { hostKey, error } = await tryOnce(options, deadline);
    if (!error) return { hostKey };
    // A try that our own deadline cut short says less than the try before it.
    if (!lastError || !deadline.aborted) {
      await onFailure(error);
      lastError = error;
    }
    if (!(await pause(retryPause(error, tries), deadline))) return { lastError };
  }
}

/** @throws failures that another try would not mend */
async function tryOnce(options: DialOptions, deadline: AbortSignal): Promise<Tried> {
  try {
    return { hostKey: await readHostKey(options, deadline) };
  } catch (error) {
    if (isTransient(error)) return { error };
    throw error;
  }
}

type Tried =
  | { readonly hostKey: HostKey; readonly error?: never }
  | { readonly hostKey?: never; readonly error: Error };

async function readHostKey(options: DialOptions, deadline: AbortSignal): Promise<HostKey> {
  const { client, stream } = await withDeadline(TRY_MS, deadline, (signal) => dial(options, signal));
  closeConnection(client, stream);
  if (!options.check.seen) throw new SshConnectionLostError(`${hostAndPort(options.check.target)} showed no host key.`);
  return options.check.seen;
}

/** Failures of a machine that is still starting. A changed host key or another protocol is permanent. */
function isTransient(error: unknown): error is Error {
  const transient = [SshUnreachableError, SshTimeoutError, SshConnectionLostError];
  return transient.some((kind) => error instanceof kind);
}

/** OpenSSH 9.8 and later penalizes connections without a login, so a try that reached sshd is repeated rarely. */
function retryPause(error: Error, tries: number): number {
  const hasReachedSshd = !(error instanceof SshUnreachableError) || error.kind === "dropped";
  return hasReachedSshd ? backoff(tries, 1000, 15_000) : backoff(tries, 200, 2000);
}
