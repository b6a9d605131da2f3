import type { Duplex } from "node:stream";
import { BastionLoginRefusedError, SshLoginRefusedError, SshUnreachableError } from "../../errors";
import { type Credential, loginSteps } from "./credentials";
import { DeadlinePassed, onAbort } from "./deadline";
import { dial } from "./dial";
import { closeConnection, type Opened } from "./handshake";
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
  /** What logs in to it. Default: `credentials`. */
  readonly privateKey?: string;
  /** What `privateKey` is encrypted with, where it is. */
  readonly passphrase?: string;
  /** What logs in to it without `privateKey`. Default: the credentials with which the host behind it is logged in to. */
  readonly credentials?: readonly Credential[];
}

/** What logs in to a bastion that has no credentials of its own. */
export interface BastionDefaults {
  readonly credentials: readonly Credential[];
}

/**
 * The same access, whose bastion keeps the credentials that it has now, whatever later connections to the host behind it
 * use: one that only asks the host, or leaves a key out, has to get through the bastion all the same.
 */
export function withFixedBastionCredentials<Access extends BastionDefaults & { readonly bastion?: Bastion }>(
  access: Access,
): Access {
  const { bastion, credentials } = access;
  return bastion ? { ...access, bastion: { credentials, ...bastion } } : access;
}

/**
 * The way to a host: straight, or through a bastion that is logged in to for this one connection. Opening it rejects with
 * BastionLoginRefusedError where the bastion lets nobody in.
 */
export function routeTo(target: SshTarget, bastion: Bastion | undefined, defaults: BastionDefaults): Route {
  checkTarget(target);
  if (!bastion) return direct(target);
  checkTarget(bastion);
  return {
    slotName: `${hostAndPort(bastion)} > ${hostAndPort(target)}`,
    holdsSlot: "until closed",
    open: async (signal) => {
      const opened = await logInToBastion(bastion, defaults, signal);
      return forward(opened, target, bastion, signal);
    },
  };
}

async function logInToBastion(bastion: Bastion, defaults: BastionDefaults, signal: AbortSignal): Promise<Opened> {
  const pins = bastion.hostKey === undefined ? [] : [parseHostKeyPin(bastion.hostKey)];
  const check = new HostKeyCheck(bastion, pins, "accept");
  const steps = await loginSteps(credentialsFor(bastion, defaults));
  try {
    return await dial({ check, steps, route: direct(bastion, "until logged in") }, signal);
  } catch (error) {
    throw error instanceof SshLoginRefusedError ? refusedBy(error) : error;
  }
}

/** A refusal by the bastion is none by the host behind it. */
function refusedBy(error: SshLoginRefusedError): BastionLoginRefusedError {
  return new BastionLoginRefusedError(`The bastion does not let us through: ${error.message}`, { cause: error });
}

function credentialsFor(bastion: Bastion, defaults: BastionDefaults): readonly Credential[] {
  const { privateKey, passphrase } = bastion;
  if (privateKey === undefined) return bastion.credentials ?? defaults.credentials;
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
      closeConnection(client, stream);
      reject(error);
    };
    const forget = onAbort(signal, (reason) =>
      queueMicrotask(() => fail(reason instanceof DeadlinePassed ? unreachableError(target, "timeout") : reason)),
    );
    client.forwardOut("127.0.0.1", 0, target.host, target.port, (error, channel) => {
      if (error) return fail(notForwarded(target, bastion, error));
      forget();
      channel.once("close", () => closeConnection(client, stream));
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
