import type { ExecOptions } from "../exec";
import type { HostAccess } from "./key_change";

/** For one connection, and for one command on the host, in milliseconds, where the caller does not say. */
const defaultMs = 20_000;

/** What bounds a command on the host: it gets as much time as a connection. */
export function boundsOf({ timeoutMs = defaultMs, signal }: HostAccess): Pick<ExecOptions, "timeoutMs" | "signal"> {
  return { timeoutMs, ...(signal && { signal }) };
}

/** The same for what must be done also when the caller has given up: putting back. */
export function boundsOfRescue({ timeoutMs = defaultMs }: HostAccess): Pick<ExecOptions, "timeoutMs"> {
  return { timeoutMs };
}
