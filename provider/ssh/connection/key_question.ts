import { type AnyAuthMethod, BaseAgent, type IdentityCallback, type ParsedKey, type SignCallback, utils } from "ssh2";
import { InvalidPublicKeyError, KeyUnprovenError, SshLoginRefusedError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import type { LoginStep } from "./login_step";
import { hostAndPort, type SshTarget } from "./target";

/** A key that the client library can read, to be given the type and the bytes of another one, such as a security key. */
const LIBRARY_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

/**
 * The signature algorithms to ask with, by key type. sshd may take a key with one of them only. A question needs no
 * signature, so SHA-1 (`ssh-rsa`) is asked about too: an old sshd takes nothing else, and an old client makes it. The
 * list that sshd sends (`server-sig-algs`) is no proof: old versions name algorithms that they refuse, and a Match block
 * may accept others.
 */
const algorithmsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ["ssh-rsa", ["rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"]],
  [
    "sk-ecdsa-sha2-nistp256@openssh.com",
    ["sk-ecdsa-sha2-nistp256@openssh.com", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"],
  ],
]);

/**
 * Asks whether the server would accept a public key (the query of RFC 4252, section 7), and never logs in with it. Each
 * signature algorithm is a try of its own. sshd counts each refused one as a failed login.
 */
export class KeyQuestion {
  /** Login steps, for one connection or for several. They keep their answers. */
  readonly tries: readonly KeyTry[];

  constructor(readonly key: PublicKey) {
    const algorithms = algorithmsOf.get(key.sshType) ?? [key.sshType];
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
  readonly #key: PublicKey;
  readonly #algorithm: string;

  constructor(key: PublicKey, algorithm: string) {
    super();
    this.#key = key;
    this.#algorithm = algorithm;
  }

  label(): string {
    return `the public key ${this.#key.fingerprintSha256} (${this.#algorithm}), only asked about`;
  }

  method(username: string): AnyAuthMethod {
    return { type: "agent", username, agent: this };
  }

  refused(methods: readonly string[] | undefined): void {
    if (this.#isAsked) this.answer ??= !methods?.length || methods.includes("publickey") ? "no" : "unknown";
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(null, [this.#asIdentity()]);
  }

  override sign(_key: ParsedKey, _data: Buffer, options: unknown, done?: SignCallback): void {
    this.answer = "yes";
    const answer = typeof options === "function" ? options : done;
    answer?.(new Error("This agent only asks; it has no private key."));
  }

  /**
   * The key in the client library's form, with exactly the given bytes and one algorithm.
   *
   * The library reads the type once to choose an algorithm, and then before each message to write it. For `ssh-rsa` it
   * would choose SHA-2, so the first reader gets a type that it leaves alone.
   */
  #asIdentity(): ParsedKey {
    const parsed = utils.parseKey(LIBRARY_KEY);
    if (parsed instanceof Error) throw new InvalidPublicKeyError(`Cannot ask about this key: ${parsed.message}.`);
    const types = [LEFT_ALONE];
    let written = "";
    const type = () => {
      written = types.pop() ?? this.#algorithm;
      return written;
    };
    const getPublicSSH = () => {
      this.#isAsked ||= written === this.#algorithm;
      return this.#key.blob;
    };
    return Object.create(parsed, { type: { get: type }, getPublicSSH: { value: getPublicSSH } });
  }
}

const LEFT_ALONE = "any";

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
