import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { DeadlinePassed, onAbort } from "../../deadline";
import { SshUnreachableError, silentHostGuesses, type UnreachableKind } from "../../errors";
import { hostAndPort, type SshTarget } from "./target";

/** Opens a TCP connection. Rejects with SshUnreachableError, or with the signal's reason if the caller aborted. */
export function openTcp(target: SshTarget, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Nagle's algorithm would triple the time of an SSH login.
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    const fail = (error: unknown) => {
      forget();
      socket.destroy();
      reject(error);
    };
    const forget = onAbort(signal, (reason) =>
      queueMicrotask(() => fail(reason instanceof DeadlinePassed ? unreachableError(target, "timeout") : reason)),
    );
    socket.once("error", (error) => fail(notConnectedError(target, error)));
    socket.once("connect", () => {
      forget();
      // The user of the socket sees later errors as its end.
      socket.on("error", () => undefined);
      resolve(sendTogether(socket));
    });
  });
}

/**
 * Makes a stream send together what is written to it in one turn of the event loop. An SSH message is small, several
 * often follow each other, and each system call costs as much as a message.
 */
export function sendTogether<Stream extends Duplex>(stream: Stream): Stream {
  const write = stream.write.bind(stream);
  let isWaiting = false;
  const send = () => {
    isWaiting = false;
    stream.uncork();
  };
  const writeLater = (...args: Parameters<typeof write>) => {
    if (!isWaiting) {
      isWaiting = true;
      stream.cork();
      setImmediate(send);
    }
    return write(...args);
  };
  return Object.assign(stream, { write: writeLater });
}

/** The kind of failure for each system error code. */
const kinds: Readonly<Record<string, UnreachableKind>> = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timeout",
  ECONNRESET: "dropped",
  ENOTFOUND: "no-address",
  EAI_AGAIN: "no-address",
};

/** Why a host cannot be reached: what happened, and what the reason probably is. */
export interface Reason {
  readonly what: string;
  /** Whole sentences. */
  readonly guess?: string;
}

const likelyReasons: Readonly<Record<UnreachableKind, Reason>> = {
  refused: { what: "nothing listens there", guess: "Is sshd started, and is this its port?" },
  timeout: { what: "no answer in time", guess: silentHostGuesses.timeout.text },
  dropped: { what: "the connection was dropped before sshd said a word", guess: silentHostGuesses.dropped.text },
  "no-address": { what: "the name has no address" },
  "no-route": { what: "no network route", guess: "Check the address, and whether the instance runs." },
};

function notConnectedError(target: SshTarget, error: Error): SshUnreachableError {
  const code = "code" in error ? String(error.code) : error.message;
  return unreachableError(target, kinds[code] ?? "no-route", code);
}

/**
 * The error for a host that cannot be reached, with the likely reason.
 *
 * @param detail the system's code, or the server's words
 * @param reason default: the likely one for that kind of failure
 */
export function unreachableError(
  target: SshTarget,
  kind: UnreachableKind,
  detail?: string,
  { what, guess = "" }: Reason = likelyReasons[kind],
): SshUnreachableError {
  const text = (shown?: string) => `${cannotReach(target)}${what}${shown ? ` (${shown})` : ""}. ${guess}`.trimEnd();
  return new SshUnreachableError(text(detail), kind, text(isSystemCode(detail) ? undefined : detail));
}

function isSystemCode(detail: string | undefined): boolean {
  return detail !== undefined && /^E[A-Z0-9_]+$/.test(detail);
}

/** How the message about a host that cannot be reached begins. */
export function cannotReach(target: SshTarget): string {
  return `Cannot reach SSH on ${hostAndPort(target)}: `;
}
