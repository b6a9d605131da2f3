import { SshConnectionLostError, SshLoginRefusedError, SshProtocolError, SshTimeoutError } from "../../errors";
import { DeadlinePassed } from "./deadline";
import type { HostKeyCheck } from "./host_key";
import type { LoginStep } from "./login_step";
import { hostAndPort } from "./target";
import { unreachableError } from "./tcp";

/** How far a connection got. */
export type Phase = "banner" | "key exchange" | "login";

/** What ended a handshake: an error of the client library, the end of the stream, or our own deadline or caller. */
export type Failure = "closed" | { readonly error: Error } | { readonly aborted: unknown };

/** What is known at that time. */
export interface Circumstances {
  readonly check: HostKeyCheck;
  readonly phase: Phase;
  readonly tried: readonly LoginStep[];
}

/** The error to throw for a handshake that did not succeed. */
export function explainFailure(failure: Failure, now: Circumstances): unknown {
  // The client library only knows that the key was denied; why, the check knows.
  if (now.check.refusal) return now.check.refusal;
  if (failure === "closed") return droppedError(now);
  if ("aborted" in failure) return failure.aborted instanceof DeadlinePassed ? timedOutError(now) : failure.aborted;
  return explainError(failure.error, now);
}

function explainError(error: Error, now: Circumstances): unknown {
  const told = "code" in error && typeof error.code === "number" ? printable(error.message) : undefined;
  if (told && /too many authentication/i.test(told)) return loginRefusedError(now.check, now.tried, null, told);
  if (told) return droppedError(now, told);
  const level = "level" in error ? error.level : undefined;
  const lost = level === "client-socket" || error.message === "Connection lost before handshake";
  if (lost) return droppedError(now);
  return new SshProtocolError(
    `${hostAndPort(now.check.target)} and this client cannot agree on SSH: ${printable(error.message)}. ` +
      "Is that port sshd's, and does it allow algorithms without SHA-1?",
  );
}

function droppedError({ check, phase }: Circumstances, told?: string): unknown {
  if (phase !== "login") return unreachableError(check.target, "dropped", told);
  const reason = told ? ` (${told})` : "";
  return new SshConnectionLostError(
    `${hostAndPort(check.target)} ended the connection during login${reason}; try again.`,
  );
}

function timedOutError({ check, phase }: Circumstances): unknown {
  if (phase === "banner") return unreachableError(check.target, "timeout", "connected, but no SSH banner came");
  return new SshTimeoutError(`${hostAndPort(check.target)} did not finish its ${phase} in time; it may be overloaded.`);
}

/** The error for a server that said no to everything. `methods` are the ways to log in that it offers, where known. */
export function loginRefusedError(
  check: HostKeyCheck,
  tried: readonly LoginStep[],
  methods: readonly string[] | null,
  told?: string,
): SshLoginRefusedError {
  const labels = tried.map((step) => step.label()).join("; ");
  const offers = methods?.length ? ` It offers: ${methods.join(", ")}.` : "";
  const said = told ? ` It said: ${told}.` : "";
  return new SshLoginRefusedError(
    `${check.target.user}@${hostAndPort(check.target)} let none of these in: ${labels || "no credential"}.${offers}${said} ` +
      "Give a credential that is in the user's authorized_keys, and check the user name.",
  );
}

/** A server's own words, fit for a message. */
function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, " ")
    .slice(0, 200)
    .replace(/[.\s]+$/, "");
}
