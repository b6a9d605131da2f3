import { connect, type Socket } from "node:net";
import { SshUnreachableError, type UnreachableKind } from "../../errors";
import { DeadlinePassed, onAbort } from "./deadline";
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
      resolve(socket);
    });
  });
}

/** The kind of failure for each system error code. */
const kinds: Readonly<Record<string, UnreachableKind>> = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timeout",
  ECONNRESET: "dropped",
  ENOTFOUND: "no-address",
  EAI_AGAIN: "no-address",
};

const likelyReasons: Readonly<Record<UnreachableKind, string>> = {
  refused: "nothing listens there: is sshd started, and is this its port?",
  timeout:
    "no answer in time. Probably no security group opens this TCP port to this machine, or the instance does not run.",
  dropped:
    "the connection was dropped before sshd said a word. Probably no security group opens this TCP port to this " +
    "machine. If one does, sshd is still starting, or limits connections: wait a minute and try again.",
  "no-address": "the name has no address.",
  "no-route": "no network route: check the address and whether the instance is running.",
};

function notConnectedError(target: SshTarget, error: Error): SshUnreachableError {
  const code = "code" in error ? String(error.code) : error.message;
  return unreachableError(target, kinds[code] ?? "no-route", code);
}

/**
 * The error for a host that cannot be reached, with the likely reason.
 *
 * @param reason default: the likely one for that kind of failure
 */
export function unreachableError(
  target: SshTarget,
  kind: UnreachableKind,
  code?: string,
  reason = likelyReasons[kind],
): SshUnreachableError {
  const detail = code ? ` (${code})` : "";
  return new SshUnreachableError(`Cannot reach SSH on ${hostAndPort(target)}: ${reason}${detail}`, kind);
}
