import { ExoscaleSshError } from "../errors";
import { parsePublicKey } from "../keys/public_key";
import { type Bastion, routeTo } from "./connection/bastion";
import { type Credential, loginSteps } from "./connection/credentials";
import { withDeadline } from "./connection/deadline";
import { dial } from "./connection/dial";
import { closeConnection } from "./connection/handshake";
import { type HostKey, HostKeyCheck, parseHostKeyPin } from "./connection/host_key";
import { KeyQuestion } from "./connection/key_question";
import { type LoginStep, NoneStep } from "./connection/login_step";
import { hostAndPort, type SshTarget } from "./connection/target";

/** What a host said about a public key. */
export interface ProbeResult {
  /** `yes` and `no` are the server's own answer, from where we are and now; anything else is `unknown`. */
  readonly accepts: "yes" | "no" | "unknown";
  /** The answer, or why there is none, in words. */
  readonly reason: string;
  /** The key that the host showed; absent when it showed none. */
  readonly hostKey?: HostKey;
  /** Whether that key was known before. An answer from an unknown host is no proof: anybody can say no. */
  readonly hostKeyKnown: boolean;
  /** Whether one of `credentials` could log in; absent when none were given. */
  readonly loggedIn?: boolean;
}

/** How to ask. */
export interface ProbeOptions {
  /** Known host keys: `type base64`, bare base64 or `SHA256:...`. A host that shows another one is told nothing. Default: first contact. */
  readonly knownHostKeys?: readonly string[];
  /**
   * Tried after the question, in the same connection. OpenSSH 9.8 and later lock out an address that keeps connecting
   * without logging in, so give one wherever there is one.
   */
  readonly credentials?: readonly Credential[];
  /** A host to go through, logged in to with its own key or with `credentials`. */
  readonly bastion?: Bastion;
  /** For everything together, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number;
  /** Aborting it rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Asks a server whether it would accept a public key, without the private key.
 *
 * Never rejects for what a host or network does, which is `unknown`; only for arguments that cannot be read
 * (InvalidPublicKeyError, InvalidHostKeyError, InvalidTargetError, unreadable credentials) and for `signal`.
 */
export async function probe(
  target: SshTarget,
  publicKeyOpenssh: string,
  options: ProbeOptions = {},
): Promise<ProbeResult> {
  const question = new Question(target, publicKeyOpenssh, options);
  const credentials = options.credentials ?? [];
  const steps = [question.none, question.key, ...(await loginSteps(credentials))];
  const route = routeTo(target, options.bastion, { credentials });
  return withDeadline(options.timeoutMs ?? 10_000, options.signal, async (signal) => {
    try {
      const { client, stream, acceptedStep } = await dial({ check: question.check, steps, route }, signal);
      closeConnection(client, stream);
      return question.result(acceptedStep);
    } catch (error) {
      if (!(error instanceof ExoscaleSshError)) throw error;
      return question.result(undefined, error);
    }
  });
}

/** One probe: what is asked, and what has been heard so far. */
class Question {
  readonly none = new NoneStep();
  readonly key: KeyQuestion;
  readonly check: HostKeyCheck;

  readonly #target: SshTarget;
  readonly #options: ProbeOptions;

  constructor(target: SshTarget, publicKeyOpenssh: string, options: ProbeOptions) {
    this.#target = target;
    this.#options = options;
    this.key = new KeyQuestion(parsePublicKey(publicKeyOpenssh));
    this.check = new HostKeyCheck(target, (options.knownHostKeys ?? []).map(parseHostKeyPin), "accept");
  }

  /** The answer, given the step that got in or the error that ended it all. */
  result(acceptedStep: LoginStep | undefined, error?: Error): ProbeResult {
    const { seen, known } = this.check;
    const credentials = this.#options.credentials ?? [];
    return {
      ...this.#answer(acceptedStep, error),
      ...(seen && { hostKey: seen }),
      hostKeyKnown: known,
      ...(credentials.length > 0 && { loggedIn: acceptedStep !== undefined }),
    };
  }

  #answer(acceptedStep: LoginStep | undefined, error?: Error): Pick<ProbeResult, "accepts" | "reason"> {
    const who = `${this.#target.user}@${hostAndPort(this.#target)}`;
    if (this.key.answer === "yes") return { accepts: "yes", reason: `${who} accepts this key.` };
    if (acceptedStep === this.none) {
      return {
        accepts: "unknown",
        reason: `${who} lets anybody in without a key, so it was not asked about this one.`,
      };
    }
    const { methods } = this.none;
    // Where keys are no way to log in, or only after a password, a refusal says nothing about this key.
    if (methods?.length && !methods.includes("publickey")) {
      return {
        accepts: "unknown",
        reason: `${who} takes no public keys now, only ${methods.join(", ")}.`,
      };
    }
    if (this.key.answer === "no") return { accepts: "no", reason: `${who} refuses this key.` };
    return { accepts: "unknown", reason: error?.message ?? `${who} gave no answer about this key.` };
  }
}
