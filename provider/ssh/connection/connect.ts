import { withDeadline } from "../../deadline";
import { type Bastion, routeTo } from "./bastion";
import { type Credential, loginSteps } from "./credentials";
import { dial } from "./dial";
import { HostKeyCheck, parseHostKeyPin } from "./host_key";
import { type LoginStep, NoneStep } from "./login_step";
import type { Route } from "./route";
import { Session, type SshSession } from "./session";
import type { SshTarget } from "./target";

/** How to connect. */
export interface ConnectOptions {
  /** Known host keys: `type base64`, bare base64 or `SHA256:...`. To a host that shows another one, nothing is sent. */
  readonly knownHostKeys?: readonly string[];
  /** Whether to accept a host without a known key. Its key is in `session.hostKey`, to be stored. Default false. */
  readonly acceptNew?: boolean;
  /** From the first packet to the end of login, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number;
  /** An abort rejects with its reason; a session that is already open stays open. */
  readonly signal?: AbortSignal;
  /** A host through which to connect. */
  readonly bastion?: Bastion;
  /**
   * How long this connection counts as one of the two that may be open to a host at once. Default: until it is closed.
   */
  readonly holdsSlot?: Route["holdsSlot"];
  /** Questions to ask before the login, in the same connection. They keep their answers, also if the login fails. */
  readonly ask?: readonly LoginStep[];
}

/**
 * Logs in to a host. The credentials are tried in order, in one connection.
 *
 * Rejects with HostKeyChangedError, UnknownHostKeyError, SshUnreachableError, SshProtocolError, SshLoginRefusedError,
 * SshTimeoutError or SshConnectionLostError; with InvalidTargetError, InvalidHostKeyError, InvalidPrivateKeyError or
 * WrongPassphraseError for unusable arguments. At most two connections to a host are open at once, besides
 * one that has logged in to change keys; a third one waits.
 */
export async function connect(
  target: SshTarget,
  credentials: readonly Credential[],
  options: ConnectOptions = {},
): Promise<SshSession> {
  const whenNothingIsKnown = options.acceptNew ? "accept" : "refuse";
  const check = new HostKeyCheck(target, (options.knownHostKeys ?? []).map(parseHostKeyPin), whenNothingIsKnown);
  const route = routeTo(target, options.bastion, { credentials }, options.holdsSlot);
  const steps = [new NoneStep(), ...(options.ask ?? []), ...(await loginSteps(credentials))];
  return withDeadline(options.timeoutMs ?? 20_000, options.signal, async (signal) => {
    const opened = await dial({ check, steps, route }, signal);
    return new Session(check, opened);
  });
}
