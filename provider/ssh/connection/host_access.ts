import type { Bastion } from "./bastion";
import type { Credential } from "./credentials";
import type { ExecOptions } from "./exec";
import type { SshTarget } from "./target";

/** How to reach a host and log in to it. */
export interface HostAccess {
  /** Its address, and the user to log in as. */
  readonly target: SshTarget;
  /** Tried in order, in one connection. */
  readonly credentials: readonly Credential[];
  /** Known host keys: `type base64`, bare base64 or `SHA256:...`. To a host that shows another one, nothing is sent. */
  readonly knownHostKeys?: readonly string[];
  /** Whether to accept a host without a known key. Default false. */
  readonly acceptNew?: boolean;
  /** A host through which to connect. Default: none. */
  readonly bastion?: Bastion;
  /** Time limit for one connection up to the end of its login, and for one command, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number;
  /** How many failed tries sshd allows in a connection (its `MaxAuthTries`), if that is known. Default: at least three. */
  readonly maxAuthTries?: number;
  /** An abort rejects with its reason, after changes that have to be put back are back. */
  readonly signal?: AbortSignal;
}

/** Gets the next step in a few words, for people who wait. */
export type Progress = (step: string) => void;

/** Default time limit for one connection, and for one command on the host, in milliseconds. */
const DEFAULT_MS = 20_000;

/** The limits of a command on the host: it gets as much time as a connection. */
export function commandBounds({
  timeoutMs = DEFAULT_MS,
  signal,
}: HostAccess): Pick<ExecOptions, "timeoutMs" | "signal"> {
  return { timeoutMs, ...(signal && { signal }) };
}

/** The same without the caller's signal: files are put back even if the caller has aborted. */
export function rollbackBounds({ timeoutMs = DEFAULT_MS }: HostAccess): Pick<ExecOptions, "timeoutMs"> {
  return { timeoutMs };
}
