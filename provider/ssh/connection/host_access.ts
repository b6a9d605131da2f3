import type { Bastion } from "./bastion";
import type { Credential } from "./credentials";
import type { ExecOptions } from "./exec";
import type { SshTarget } from "./target";

/** How to get to a host and in. */
export interface HostAccess {
  /** Where it is, and as whom to log in. */
  readonly target: SshTarget;
  /** Tried in order, in one connection. */
  readonly credentials: readonly Credential[];
  /** Known host keys: `type base64`, bare base64 or `SHA256:...`. A host that shows another one is told nothing. */
  readonly knownHostKeys?: readonly string[];
  /** Whether to go on with a host of which no key is known. Default false. */
  readonly acceptNew?: boolean;
  /** A host to go through. Default: none. */
  readonly bastion?: Bastion;
  /** For one connection up to the end of its login, and for one command on the host, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number;
  /** Aborting it rejects with its reason, once what has to be put back is put back. */
  readonly signal?: AbortSignal;
}

/** Told what is about to be done, in a few words; for people who wait. */
export type Progress = (step: string) => void;

/** For one connection, and for one command on the host, in milliseconds, where the caller does not say. */
const DEFAULT_MS = 20_000;

/** The bounds of a command on the host: it gets as much time as a connection. */
export function commandBounds({
  timeoutMs = DEFAULT_MS,
  signal,
}: HostAccess): Pick<ExecOptions, "timeoutMs" | "signal"> {
  return { timeoutMs, ...(signal && { signal }) };
}

/** The same without the caller's signal: files are put back also when the caller has given up. */
export function rollbackBounds({ timeoutMs = DEFAULT_MS }: HostAccess): Pick<ExecOptions, "timeoutMs"> {
  return { timeoutMs };
}
