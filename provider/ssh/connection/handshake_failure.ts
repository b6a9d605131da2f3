import { DeadlinePassed } from "../../deadline";
import { SshConnectionLostError, SshLoginRefusedError, SshProtocolError, SshTimeoutError } from "../../errors";
import { printable } from "../../errors/printable";
import type { HostKeyCheck } from "./host_key";
import { type LoginStep, NoneStep } from "./login_step";
import { hostAndPort } from "./target";
import { type Reason, unreachableError } from "./tcp";

/** The phase that a connection reached. */
export type Phase = "banner" | "key exchange" | "login";

/**
 * What ended a handshake: the end of the stream, a server that sent too much, an error of the client library, or our own
 * deadline or caller.
 */
export type Failure = "closed" | "flood" | { readonly error: Error } | { readonly aborted: unknown };

/** What was known at the time of the failure. */
export interface Circumstances {
  readonly check: HostKeyCheck;
  readonly phase: Phase;
  /** The server's first words, which are its banner unless it refuses the connection. */
  readonly words: string;
  /** Steps that were taken, the last of them perhaps without an answer. */
  readonly tried: readonly LoginStep[];
  readonly untried: readonly LoginStep[];
}

/** The error for a handshake that failed. */
export function explainFailure(failure: Failure, now: Circumstances): unknown {
  // The client library knows only that the key was denied. The check knows why.
  if (now.check.refusal) return now.check.refusal;
  if (failure === "closed") return droppedError(now);
  if (failure === "flood") return floodError(now);
  if ("aborted" in failure) return failure.aborted instanceof DeadlinePassed ? timedOutError(now) : failure.aborted;
  return explainError(failure.error, now);
}

function explainError(error: Error, now: Circumstances): unknown {
  // A number is the code of the server's disconnect message.
  const message = "code" in error && typeof error.code === "number" ? words(error.message) : undefined;
  if (message && /too many authentication/i.test(message)) return tooManyTriesError(now, message);
  if (message) return droppedError(now, message);
  const level = "level" in error ? error.level : undefined;
  const isLost = level === "client-socket" || error.message === "Connection lost before handshake";
  if (isLost) return droppedError(now);
  if (now.phase === "login" && /packet length/i.test(error.message)) return longBannerError(now);
  return new SshProtocolError(
    `${hostAndPort(now.check.target)} and this client cannot agree on SSH: ${whatFailed(error)}. ` +
      "Is that port sshd's, and does it allow algorithms without SHA-1?",
  );
}

/** An error of the client library, which checks little of what a server sends: a TypeError is no mistake of ours. */
function whatFailed(error: Error): string {
  const isUnexpected = error instanceof TypeError || error instanceof RangeError;
  return isUnexpected ? "it sent a message that does not belong there" : words(error.message);
}

/** Before the login, a banner is the only text of a server that may be this long. */
function longBannerError({ check }: Circumstances): SshProtocolError {
  return new SshProtocolError(
    `${hostAndPort(check.target)} sent a message before the login that is longer than this client takes (35,000 bytes), ` +
      "probably its banner. Shorten the file that Banner names in its sshd_config.",
  );
}

function floodError({ check }: Circumstances): SshProtocolError {
  return new SshProtocolError(
    `${hostAndPort(check.target)} sent more than 1 MiB before the login, so the connection was ended. Is that port sshd's?`,
  );
}

function droppedError({ check, phase, words }: Circumstances, message?: string): unknown {
  if (phase !== "login") return unreachableError(check.target, "dropped", message, whyDropped(words));
  const reason = message ? ` (${message})` : "";
  return new SshConnectionLostError(
    `${hostAndPort(check.target)} ended the connection during login${reason}; try again.`,
  );
}

/** Why a connection ended before the login; undefined if the server said nothing. */
function whyDropped(words: string): Reason | undefined {
  const refusal = refusals.find(({ said }) => said.test(words));
  if (refusal) return { what: `the connection was dropped: ${refusal.means}`, guess: "Wait a minute and try again." };
  if (words === "") return undefined;
  return {
    what: "the connection was dropped during the key exchange",
    guess: "Is that port sshd's? If it is, wait a minute and try again.",
  };
}

/** What sshd says in place of its banner when it refuses a connection. */
const refusals = [
  { said: /^Exceeded MaxStartups/, means: "sshd has too many connections without a login (MaxStartups)" },
  {
    said: /^Not allowed at this time/,
    means: "sshd drops this machine's address for a while (PerSourcePenalties), after connections without a login",
  },
];

function timedOutError({ check, phase }: Circumstances): unknown {
  if (phase === "banner") return unreachableError(check.target, "timeout", "connected, but no SSH banner came");
  return new SshTimeoutError(`${hostAndPort(check.target)} did not finish its ${phase} in time; it may be overloaded.`);
}

/** The error for a server that refused every step. `methods` are the login methods that it offers, if known. */
export function loginRefusedError(
  { check, tried }: Pick<Circumstances, "check" | "tried">,
  methods: readonly string[] | null,
): SshLoginRefusedError {
  // Every login begins without a credential, which says something only if it ends there.
  const labels = tried.flatMap((step) => (step instanceof NoneStep ? [] : step.label())).join("; ");
  const offers = methods?.length ? ` It offers: ${printable(methods.join(", "))}.` : "";
  return new SshLoginRefusedError(
    `${loginName(check)} let none of these in: ${labels || "no credential"}.${offers} Give a credential that is in the ` +
      "user's authorized_keys, and check the user name.",
    "every-key",
  );
}

/** The error for a server that ended the connection because of what it had refused. sshd counts every refused key. */
function tooManyTriesError({ check, tried, untried }: Circumstances, message: string): SshLoginRefusedError {
  const refused = tried.flatMap((step) => step.progress?.().tried ?? step.label());
  const left = [...tried.flatMap((step) => step.progress?.().untried ?? []), ...untried.map((step) => step.label())];
  const rest = left.length === 0 ? "" : ` ${left.length} were not tried: ${left.join("; ")}.`;
  return new SshLoginRefusedError(
    `${loginName(check)} let none of these ${refused.length} in: ${refused.join("; ")}. It then ended the connection ` +
      `(${message}: its MaxAuthTries is ${refused.length}).${rest} Give the key that logs in, as connection.privateKey ` +
      "or, for a key of the ssh-agent, with connection.agentIdentity.",
    "too-many-tries",
  );
}

const loginName = ({ target }: HostKeyCheck) => `${target.user}@${hostAndPort(target)}`;

/** A server's own words, without a full stop. */
function words(text: string): string {
  return printable(text, 200).replace(/[.\s]+$/, "");
}
