import { type AnyAuthMethod, BaseAgent, type IdentityCallback, type ParsedKey, type SignCallback, utils } from "ssh2";
import { InvalidPublicKeyError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import type { LoginStep } from "./login_step";

/** A key that the client library can read, to be given the type and the bytes of another one, such as a security key. */
const LIBRARY_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

/** The signature algorithms to ask with. Without a `server-sig-algs` message, an RSA key needs a question with each. */
const rsaAlgorithms = ["rsa-sha2-256", "rsa-sha2-512"];

/**
 * Asks whether the server would accept a public key (the query of RFC 4252, section 7), and never logs in with it.
 *
 * To the client library it is an agent that holds the key: a request to sign means that the server said yes.
 */
export class KeyQuestion extends BaseAgent<ParsedKey> implements LoginStep {
  #accepted = false;
  #answered = false;
  readonly #unasked: Set<string>;
  readonly #questions: readonly ParsedKey[];

  constructor(readonly key: PublicKey) {
    super();
    const algorithms = key.algorithm === "rsa" ? rsaAlgorithms : [key.sshType];
    this.#unasked = new Set(algorithms);
    this.#questions = algorithms.map((algorithm) => this.#question(algorithm));
  }

  /**
   * The server's answer. It is `no` only if the server refused the key with every algorithm while it accepted public
   * keys as a login method. Otherwise a refusal says nothing about this key.
   */
  get answer(): "yes" | "no" | "unknown" {
    if (this.#accepted) return "yes";
    return this.#answered && this.#unasked.size === 0 ? "no" : "unknown";
  }

  label(): string {
    return `the public key ${this.key.fingerprintSha256}, only asked about`;
  }

  method(username: string): AnyAuthMethod {
    return { type: "agent", username, agent: this };
  }

  refused(methods: readonly string[] | undefined): void {
    this.#answered = !methods?.length || methods.includes("publickey");
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(null, [...this.#questions]);
  }

  override sign(_key: ParsedKey, _data: Buffer, options: unknown, done?: SignCallback): void {
    this.#accepted = true;
    const answer = typeof options === "function" ? options : done;
    answer?.(new Error("This agent only asks; it has no private key."));
  }

  /** The key in the client library's form, with exactly the given bytes and one algorithm. */
  #question(algorithm: string): ParsedKey {
    const parsed = utils.parseKey(LIBRARY_KEY);
    if (parsed instanceof Error) throw new InvalidPublicKeyError(`Cannot ask about this key: ${parsed.message}.`);
    const getPublicSSH = () => {
      this.#unasked.delete(algorithm);
      return this.key.blob;
    };
    return Object.create(parsed, { type: { value: algorithm }, getPublicSSH: { value: getPublicSSH } });
  }
}
