import type { Duplex } from "node:stream";
import { SshUnreachableError } from "../errors";
import { type Credential, loginSteps } from "./credentials";
import { DeadlinePassed, onAbort } from "./deadline";
import { dial } from "./dial";
import { leave, type Opened } from "./handshake";
import { HostKeyCheck, parseHostKeyPin } from "./host_key";
import { direct, type Route } from "./route";
import { checkTarget, hostAndPort, type SshTarget } from "./target";
import { unreachableError } from "./tcp";

/** A host to go through to one that cannot be reached directly (`ssh -J`). */
export interface Bastion extends SshTarget {
  /**
   * Its known host key, in the forms of `knownHostKeys`. Default: any key is taken. The host behind it proves its own key
   * all the same, and a private key that logs in is never shown to anybody.
   */
  readonly hostKey?: string;
  /** What logs in to it. Default: the credentials for the host behind it. */
  readonly privateKey?: string;
  /** What `privateKey` is encrypted with, where it is. */
  readonly passphrase?: string;
}

/** What logs in to a bastion that has no credentials of its own. */
export interface BastionDefaults {
  readonly credentials: readonly Credential[];
}

/** The way to a host: straight, or through a bastion that is logged in to for this one connection. */
export function routeTo(target: SshTarget, bastion: Bastion | undefined, defaults: BastionDefaults): Route {
  checkTarget(target);
  if (!bastion) return direct(target);
  checkTarget(bastion);
  return {
    lane: `${hostAndPort(bastion)} > ${hostAndPort(target)}`,
    laneIsHeld: "until closed",
    open: async (signal) => {
      const opened = await logInTo(bastion, defaults, signal);
      return forward(opened, target, bastion, signal);
    },
  };
}

async function logInTo(bastion: Bastion, defaults: BastionDefaults, signal: AbortSignal): Promise<Opened> {
  const pins = bastion.hostKey === undefined ? [] : [parseHostKeyPin(bastion.hostKey)];
  return dial(
    {
      check: new HostKeyCheck(bastion, pins, "accept"),
      steps: await loginSteps(credentialsFor(bastion, defaults)),
      route: direct(bastion, "until logged in"),
    },
    signal,
  );
}

function credentialsFor({ privateKey, passphrase }: Bastion, defaults: BastionDefaults): readonly Credential[] {
  if (privateKey === undefined) return defaults.credentials;
  return [passphrase === undefined ? { privateKey } : { privateKey, passphrase }];
}

function forward(
  { client, stream }: Opened,
  target: SshTarget,
  bastion: Bastion,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      forget();
      leave(client, stream);
      reject(error);
    };
    const forget = onAbort(signal, (reason) =>
      queueMicrotask(() => fail(reason instanceof DeadlinePassed ? unreachableError(target, "timeout") : reason)),
    );
    client.forwardOut("127.0.0.1", 0, target.host, target.port, (error, channel) => {
      if (error) return fail(notForwarded(target, bastion, error));
      forget();
      channel.once("close", () => leave(client, stream));
      resolve(channel);
    });
  });
}

function notForwarded(target: SshTarget, bastion: Bastion, error: Error): SshUnreachableError {
  return new SshUnreachableError(
    `The bastion ${hostAndPort(bastion)} could not connect to ${hostAndPort(target)} (${error.message}): is the host ` +
      "running, is its port open to the bastion, and does the bastion allow TCP forwarding?",
    "refused",
  );
}
