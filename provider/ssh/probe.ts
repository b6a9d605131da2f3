import { withDeadline } from "../deadline";
import { ExoscaleSshError } from "../errors";
import { printable } from "../errors/printable";
import { parseLoginKey } from "../keys/public_key";
import { type Bastion, routeTo } from "./connection/bastion";
import { type Credential, loginSteps } from "./connection/credentials";
import { dial } from "./connection/dial";
import { closeConnection } from "./connection/handshake";
import { type HostKey, HostKeyCheck, parseHostKeyPin } from "./connection/host_key";
import { isCutOff, KeyQuestion, type KeyTry, oneTryError } from "./connection/key_question";
import { type LoginStep, NoneStep } from "./connection/login_step";
import { hostAndPort, type SshTarget } from "./connection/target";

/** A host's answer about a public key. */
export interface ProbeResult {
  /** `yes` and `no` are the server's own answer to this address now. Anything else is `unknown`. */
  readonly accepts: "yes" | "no" | "unknown";
  /** The answer, or why there is none, as text. */
  readonly reason: string;
  /** The key that the host showed; absent if it showed none. */
  readonly hostKey?: HostKey;
  /** Whether that key was known before. The answer of an unknown host is no proof: any host can say no. */
  readonly hostKeyKnown: boolean;
  /** Whether one of `credentials` could log in; absent if none were given. */
  readonly loggedIn?: boolean;
  /** How many connections to the host ended without a login, each of which it may penalize. */
  readonly withoutLogin: number;
}

/** How to ask. */
export interface ProbeOptions {
  /** Known host keys: `type base64`, bare base64 or `SHA256:...`. To a host that shows another one, nothing is sent. Default: any key is accepted. */
  readonly knownHostKeys?: readonly string[];
  /**
   * Tried after the question, in the same connection. OpenSSH 9.8 and later locks out an address that keeps connecting
   * without a login, so give one if you have one.
   */
  readonly credentials?: readonly Credential[];
  /** A host through which to connect, with its own key or with `credentials`. */
  readonly bastion?: Bastion;
  /** Time limit for everything together, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number;
  /** An abort rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Asks a server whether it would accept a public key, without the private key.
 *
 * A failure of the host or the network never rejects: the answer is then `unknown`. It rejects only for invalid
 * arguments (InvalidPublicKeyError, InvalidHostKeyError, InvalidTargetError, unreadable credentials) and for `signal`.
 */
export async function probe(
  target: SshTarget,
  publicKeyOpenssh: string,
  options: ProbeOptions = {},
): Promise<ProbeResult> {
  const current = new Probe(target, publicKeyOpenssh, options);
  const credentials = options.credentials ?? [];
  const login = await loginSteps(credentials);
  const route = routeTo(target, options.bastion, { credentials });
  return withDeadline(options.timeoutMs ?? 10_000, options.signal, (signal) =>
    ask(current, async (tries) => {
      const steps = [current.none, ...tries, ...login];
      const { client, stream, acceptedStep } = await dial({ check: current.check, steps, route }, signal);
      closeConnection(client, stream);
      return acceptedStep;
    }),
  );
}

/**
 * Asks in one connection. If sshd ends it before it has answered all tries, the others get a connection each, until
 * one has no answer.
 */
async function ask(current: Probe, connect: Connect): Promise<ProbeResult> {
  const { key } = current;
  const once = async (tries: readonly KeyTry[]): Promise<Ended> => {
    try {
      return { acceptedStep: await connect(tries) };
    } catch (error) {
      if (!(error instanceof ExoscaleSshError)) throw error;
      current.countWithoutLogin();
      return { error };
    }
  };
  let asked = key.tries;
  let ended = await once(asked);
  const rest = isCutOff(ended.error, asked) && asked.length > 1 ? key.open : [];
  for (const each of rest) {
    asked = [each];
    ended = await once(asked);
    if (each.answer === undefined) break;
  }
  return current.result(isCutOff(ended.error, asked) ? { error: oneTryError(current.check.target) } : ended);
}

/** Connects with these questions. Returns the step that logged in. */
type Connect = (tries: readonly KeyTry[]) => Promise<LoginStep | undefined>;

/** How a connection ended. */
interface Ended {
  readonly acceptedStep?: LoginStep | undefined;
  readonly error?: Error;
}

/** One probe: its questions, and the answers so far. */
class Probe {
  readonly none = new NoneStep();
  readonly key: KeyQuestion;
  readonly check: HostKeyCheck;
  readonly #target: SshTarget;
  readonly #options: ProbeOptions;
  #withoutLogin = 0;

  constructor(target: SshTarget, publicKeyOpenssh: string, options: ProbeOptions) {
    this.#target = target;
    this.#options = options;
    this.key = new KeyQuestion(parseLoginKey(publicKeyOpenssh));
    this.check = new HostKeyCheck(target, (options.knownHostKeys ?? []).map(parseHostKeyPin), "accept");
  }

  /** Counts a connection that has ended, if it reached the host. */
  countWithoutLogin(): void {
    if (this.check.seen) this.#withoutLogin += 1;
  }

  /** The answer after the step that logged in, or after the error that ended the connection. */
  result({ acceptedStep, error }: Ended): ProbeResult {
    const { seen, known } = this.check;
    const credentials = this.#options.credentials ?? [];
    return {
      ...this.#answer(acceptedStep, error),
      ...(seen && { hostKey: seen }),
      hostKeyKnown: known,
      ...(credentials.length > 0 && { loggedIn: acceptedStep?.usedKey !== undefined }),
      withoutLogin: this.#withoutLogin,
    };
  }

  #answer(acceptedStep: LoginStep | undefined, error?: Error): Pick<ProbeResult, "accepts" | "reason"> {
    const who = `${this.#target.user}@${hostAndPort(this.#target)}`;
    if (this.key.answer === "yes") return { accepts: "yes", reason: `${who} accepts this key.` };
    if (acceptedStep === this.none) {
      return {
        accepts: "unknown",
        reason: `${who} lets anybody in without a key, so it was not asked about this key.`,
      };
    }
    const { methods } = this.none;
    // If keys are no login method, or only one after a password, a refusal says nothing about this key.
    if (methods?.length && !methods.includes("publickey")) {
      return {
        accepts: "unknown",
        reason: `${who} takes no public keys now, only ${printable(methods.join(", "))}.`,
      };
    }
    if (this.key.answer === "no") return { accepts: "no", reason: `${who} refuses this key.` };
    return { accepts: "unknown", reason: error?.message ?? `${who} gave no answer about this key.` };
  }
}
