import type { Duplex } from "node:stream";
import { DeadlinePassed, onAbort } from "../../deadline";
import { BastionLoginRefusedError, SshLoginRefusedError, SshUnreachableError } from "../../errors";
import { printable } from "../../errors/printable";
import { ignoreLateOutput, takesInput } from "./channel";
import { type Credential, loginSteps } from "./credentials";
import { dial } from "./dial";
import { closeConnection, type Opened } from "./handshake";
import { HostKeyCheck, parseHostKeyPin } from "./host_key";
import { direct, type Route } from "./route";
import { checkTarget, hostAndPort, type SshTarget } from "./target";
import { unreachableError } from "./tcp";

/** A host through which another host is reached (`ssh -J`). */
export interface Bastion extends SshTarget {
  /**
   * Its known host key, in the forms of `knownHostKeys`. Default: any key is accepted. The host behind it still proves
   * its own key, and a login never reveals a private key.
   */
  readonly hostKey?: string;
  /** The private key to log in to it. Default: `credentials`. */
  readonly privateKey?: string;
  /** Decrypts `privateKey`, if it is encrypted. */
  readonly passphrase?: string;
  /** The only key of the credentials' ssh-agents to log in to it with: see AgentCredential. */
  readonly agentIdentity?: string;
  /** Credentials to log in to it without `privateKey`. Default: those for the host behind it. */
  readonly credentials?: readonly Credential[];
}

/** Credentials for a bastion without its own. */
export interface BastionDefaults {
  readonly credentials: readonly Credential[];
}

/**
 * The same access with the current credentials fixed for its bastion. Later connections to the host may use fewer
 * credentials, or none to ask only questions, and still have to log in to the bastion.
 */
export function withFixedBastionCredentials<Access extends BastionDefaults & { readonly bastion?: Bastion }>(
  access: Access,
): Access {
  const { bastion, credentials } = access;
  return bastion ? { ...access, bastion: { credentials, ...bastion } } : access;
}

/**
 * The route to a host: direct, or through a bastion with its own login for each connection. Opening it rejects with
 * BastionLoginRefusedError if the bastion refuses the login.
 */
export function routeTo(
  target: SshTarget,
  bastion: Bastion | undefined,
  defaults: BastionDefaults,
  holdsSlot: Route["holdsSlot"] = "until closed",
): Route {
  checkTarget(target);
  if (!bastion) return direct(target, holdsSlot);
  checkTarget(bastion);
  return {
    slotName: `${hostAndPort(bastion)} > ${hostAndPort(target)}`,
    holdsSlot,
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

/** A refusal by the bastion says nothing about the host behind it. */
function refusedBy(error: SshLoginRefusedError): BastionLoginRefusedError {
  return new BastionLoginRefusedError(`The bastion refused the login: ${error.message}`, { cause: error });
}

function credentialsFor(bastion: Bastion, defaults: BastionDefaults): readonly Credential[] {
  const { privateKey, passphrase, agentIdentity } = bastion;
  const others = bastion.credentials ?? defaults.credentials;
  if (privateKey === undefined && agentIdentity === undefined) return others;
  const key = passphrase === undefined ? { privateKey } : { privateKey, passphrase };
  return [
    ...(privateKey === undefined ? [] : [{ ...key, privateKey }]),
    ...(agentIdentity === undefined ? [] : agentsWith(agentIdentity, others)),
  ];
}

/** The agents among credentials, each with this key alone. */
function agentsWith(agentIdentity: string, credentials: readonly Credential[]): Credential[] {
  return credentials.flatMap((credential) =>
    "agentSocket" in credential ? [{ agentSocket: credential.agentSocket, agentIdentity }] : [],
  );
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
      if (error) return fail(notForwardedError(target, bastion, error.message));
      if (!takesInput(channel)) return fail(notForwardedError(target, bastion, "its channel takes no data"));
      forget();
      ignoreLateOutput(channel);
      channel.once("close", () => closeConnection(client, stream));
      resolve(channel);
    });
  });
}

function notForwardedError(target: SshTarget, bastion: Bastion, why: string): SshUnreachableError {
  return new SshUnreachableError(
    `The bastion ${hostAndPort(bastion)} could not connect to ${hostAndPort(target)} (${printable(why)}): is the host ` +
      "running, is its port open to the bastion, and does the bastion allow TCP forwarding?",
    "refused",
  );
}
