import { DeadlinePassed, onAbort } from "../../deadline";
import { SshTimeoutError } from "../../errors";

/** sshd drops connections at random if several are not logged in yet (MaxStartups), so we open few at once. */
const SLOTS_PER_HOST = 2;

interface Host {
  open: number;
  readonly waiting: Set<() => void>;
}

/** The hosts with open or waiting connections of this process. */
const hosts = new Map<string, Host>();

/** Waits until this process has fewer than two connections to a host. The returned function frees the slot. */
export async function takeSlot(name: string, signal: AbortSignal): Promise<() => void> {
  const host = hosts.get(name) ?? { open: 0, waiting: new Set() };
  hosts.set(name, host);
  if (host.open < SLOTS_PER_HOST) host.open++;
  else await waitForSlot(name, host, signal);
  let isFree = false;
  return () => {
    if (!isFree) freeSlot(name, host);
    isFree = true;
  };
}

function freeSlot(name: string, host: Host): void {
  const [next] = host.waiting;
  // The slot is handed over, not freed, so that nobody can slip in between.
  if (next) next();
  else if (--host.open === 0) hosts.delete(name);
}

function waitForSlot(name: string, host: Host, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = () => {
      host.waiting.delete(enter);
      forget();
      resolve();
    };
    host.waiting.add(enter);
    const forget = onAbort(signal, (reason) => {
      host.waiting.delete(enter);
      reject(reason instanceof DeadlinePassed ? busyError(name) : reason);
    });
  });
}

function busyError(name: string): SshTimeoutError {
  return new SshTimeoutError(
    `Two SSH connections to ${name} are already open, and neither ended in time. At most two to a host are open at once.`,
  );
}
