import { type AnyAuthMethod, BaseAgent, type IdentityCallback, type ParsedKey, type SignCallback, utils } from "ssh2";
import { InvalidPublicKeyError, KeyUnprovenError, SshLoginRefusedError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import type { LoginStep } from "./login_step";
import { hostAndPort, type SshTarget } from "./target";

/** A key that the client library can read, to be given the type and the bytes of another one, such as a security key. */
const LIBRARY_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

/**
 * The signature algorithms to ask with. sshd may take an RSA key with one of them only. The list that it sends
 * (`server-sig-algs`) is no proof: old versions name algorithms that they refuse, and a Match block may accept more.
 */
const rsaAlgorithms = ["rsa-sha2-256", "rsa-sha2-512"];

/**
 * Asks whether the server would accept a public key (the query of RFC 4252, section 7), and never logs in with it. Each
 * signature algorithm is a try of its own. sshd counts each refused one as a failed login.
 */
export class KeyQuestion {
  /** Login steps, for one connection or for several. They keep their answers. */
  readonly tries: readonly KeyTry[];

  constructor(readonly key: PublicKey) {
    const algorithms = key.algorithm === "rsa" ? rsaAlgorithms : [key.sshType];
    this.tries = algorithms.map((algorithm) => new KeyTry(key, algorithm));
  }

  /**
   * The server's answer. It is `no` only if the server refused the key with every algorithm while it accepted public
   * keys as a login method. Otherwise a refusal says nothing about this key.
   */
  get answer(): "yes" | "no" | "unknown" {
    if (this.tries.some(({ answer }) => answer === "yes")) return "yes";
    return this.tries.every(({ answer }) => answer === "no") ? "no" : "unknown";
  }

  /** The tries that may still change the answer. */
  get open(): readonly KeyTry[] {
    return this.answer === "yes" ? [] : this.tries.filter(({ answer }) => answer === undefined);
  }
}

/** A question with one algorithm. To the client library it is an agent: a request to sign means that the server said yes. */
export class KeyTry extends BaseAgent<ParsedKey> implements LoginStep {
  /** The server's answer, `unknown` if it refused a key as it refuses all keys; undefined if it gave none. */
  answer: "yes" | "no" | "unknown" | undefined;
  #isAsked = false;
  readonly #identity: ParsedKey;
  readonly #key: PublicKey;

  constructor(key: PublicKey, algorithm: string) {
    super();
    this.#key = key;
    this.#identity = this.#asIdentity(algorithm);
  }

  label(): string {
    return `the public key ${this.#key.fingerprintSha256} (${this.#identity.type}), only asked about`;
  }

  method(username: string): AnyAuthMethod {
    return { type: "agent", username, agent: this };
  }

  refused(methods: readonly string[] | undefined): void {
    if (this.#isAsked) this.answer ??= !methods?.length || methods.includes("publickey") ? "no" : "unknown";
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(null, [this.#identity]);
  }

  override sign(_key: ParsedKey, _data: Buffer, options: unknown, done?: SignCallback): void {
    this.answer = "yes";
    const answer = typeof options === "function" ? options : done;
    answer?.(new Error("This agent only asks; it has no private key."));
  }

  /** The key in the client library's form, with exactly the given bytes and one algorithm. */
  #asIdentity(algorithm: string): ParsedKey {
    const parsed = utils.parseKey(LIBRARY_KEY);
    if (parsed instanceof Error) throw new InvalidPublicKeyError(`Cannot ask about this key: ${parsed.message}.`);
    const getPublicSSH = () => {
      this.#isAsked = true;
      return this.#key.blob;
    };
    return Object.create(parsed, { type: { value: algorithm }, getPublicSSH: { value: getPublicSSH } });
  }
}

/** Whether a server ended a connection at a question: it had refused too many keys to answer it. */
export function isCutOff(error: unknown, asked: readonly KeyTry[]): boolean {
  const isEnded = error instanceof SshLoginRefusedError && error.refusal === "too-many-tries";
  return isEnded && asked.some(({ answer }) => answer === undefined);
}

/** The end of the connection may be the refusal, or have another cause: it is no answer. */
export function oneTryError(target: SshTarget): KeyUnprovenError {
  return new KeyUnprovenError(
    `sshd on ${hostAndPort(target)} has MaxAuthTries 1: it ends a connection at the first key that it refuses, so it never ` +
      "says that it refuses a key. Set MaxAuthTries to 2 or more in its sshd_config.",
  );
}
