import {
  type AnyAuthMethod,
  BaseAgent,
  createAgent,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  utils,
} from "ssh2";
import { InvalidPrivateKeyError } from "../../errors";
import { rsaBits } from "../../keys/algorithm";
import { encodeOpenssh } from "../../keys/encode";
import { openPrivateKey, openPublicHalf } from "../../keys/opened_keys";
import { takeFields } from "../../keys/wire";
import { parseAgentIdentity } from "./agent_identity";
import { hostKeyFromBlob } from "./host_key";
import type { LoginStep, StepProgress } from "./login_step";

/** One way to log in. */
export type Credential = PrivateKeyCredential | AgentCredential;

/** A private key in any format that `keys/` reads. */
export interface PrivateKeyCredential {
  /** The text of the private key. It is never part of an error. */
  readonly privateKey: string;
  /** Decrypts the key, if it is encrypted. */
  readonly passphrase?: string;
}

/** A running ssh-agent. Its keys are tried in its order. */
export interface AgentCredential {
  /** Path of its socket (the value of `SSH_AUTH_SOCK`), or `pageant`. The code in ssh/ reads no environment. */
  readonly agentSocket: string;
  /** The only key to use: its public half, `type base64`, or its `SHA256:` fingerprint. Default: all. */
  readonly agentIdentity?: string;
  /** Which of its keys to use, by their SHA256 fingerprints. Default: all. */
  readonly offers?: (fingerprintSha256: string) => boolean;
}

/**
 * Steps for the credentials that can be read. Others are skipped. If none can be read, this throws the first one's
 * InvalidPrivateKeyError or WrongPassphraseError.
 */
export async function loginSteps(credentials: readonly Credential[]): Promise<LoginStep[]> {
  const tries = await Promise.allSettled(credentials.map(loginStep));
  const steps = tries.flatMap((read) => (read.status === "fulfilled" ? [read.value] : []));
  const failed = tries.find((read) => read.status === "rejected");
  if (steps.length === 0 && failed) throw failed.reason;
  return steps;
}

async function loginStep(credential: Credential): Promise<LoginStep> {
  if ("agentSocket" in credential) return new AgentStep(credential);
  return new KeyStep(await readKey(credential));
}

/** The fingerprint of the public half of a private key; undefined for an agent, and for a key that cannot be read. */
export function fingerprintOf(credential: Credential): string | undefined {
  if ("agentSocket" in credential) return undefined;
  return openPublicHalf(credential.privateKey, credential.passphrase)?.fingerprintSha256;
}

/** Keys for the client, by credential: a change of keys logs in several times. */
const readKeys = new WeakMap<PrivateKeyCredential, Promise<ParsedKey>>();

function readKey(credential: PrivateKeyCredential): Promise<ParsedKey> {
  const key = readKeys.get(credential) ?? keyForClient(credential);
  readKeys.set(credential, key);
  return key;
}

/** The client library knows few formats, and not PKCS#8, so `keys/` reads the key and encodes it in OpenSSH's format. */
async function keyForClient({ privateKey, passphrase }: PrivateKeyCredential): Promise<ParsedKey> {
  const openssh = await encodeOpenssh(await openPrivateKey(privateKey, passphrase));
  const parsed = utils.parseKey(openssh);
  if (parsed instanceof Error) throw new InvalidPrivateKeyError("This private key cannot be used to log in over SSH.");
  return parsed;
}

const NO_SHA1 = "This server accepts only RSA signatures with SHA-1, which this client does not make.";

class KeyStep implements LoginStep {
  /** Set by its signature: a server that lets us in without one has not asked for the key. */
  usedKey: string | undefined;
  readonly #key: ParsedKey;

  constructor(key: ParsedKey) {
    this.#key = key;
  }

  label(): string {
    return nameOf(this.#key);
  }

  method(username: string): AnyAuthMethod {
    this.usedKey = undefined;
    const sign = (data: Buffer, hash?: string) => {
      if (hash === "sha1") return new Error(NO_SHA1);
      this.usedKey = fingerprint(this.#key);
      return this.#key.sign(data, hash);
    };
    return { type: "publickey", username, key: Object.create(this.#key, { sign: { value: sign } }) };
  }
}

class AgentStep extends BaseAgent<ParsedKey> implements LoginStep {
  /** The key of the last signature: the server asks for no more signatures after it accepts one. */
  usedKey: string | undefined;
  readonly #agent: BaseAgent;
  readonly #credential: AgentCredential;
  readonly #identity: string | undefined;
  /** The names of its keys that may be tried, and of those that were. */
  #usable: readonly string[] = [];
  readonly #tried = new Set<string>();
  #description = "the keys of the ssh-agent (not reachable)";

  constructor(credential: AgentCredential) {
    super();
    this.#credential = credential;
    this.#identity = credential.agentIdentity === undefined ? undefined : parseAgentIdentity(credential.agentIdentity);
    this.#agent = createAgent(credential.agentSocket);
  }

  label(): string {
    return this.#description;
  }

  progress(): StepProgress {
    const [tried, untried] = [true, false].map((is) => this.#usable.filter((name) => this.#tried.has(name) === is));
    return { tried: tried ?? [], untried: untried ?? [] };
  }

  method(username: string): AnyAuthMethod {
    return { type: "agent", username, agent: this };
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    this.#agent.getIdentities((error, keys) => {
      const all = (keys ?? []).filter(isUsable);
      const usable = all.filter((key) => this.#isOffered(fingerprint(key)));
      if (!error) this.#describe(all, usable);
      done(
        error,
        usable.map((key) => this.#watched(key)),
      );
    });
  }

  override sign(key: ParsedKey, data: Buffer, options: unknown, done?: SignCallback): void {
    if (typeof options === "object" && options !== null && "hash" in options && options.hash === "sha1") {
      done?.(new Error(NO_SHA1));
    } else {
      this.usedKey = fingerprint(key);
      this.#agent.sign(key, data, options ?? {}, done);
    }
  }

  #isOffered(fingerprintSha256: string): boolean {
    const { offers = () => true } = this.#credential;
    return (this.#identity ?? fingerprintSha256) === fingerprintSha256 && offers(fingerprintSha256);
  }

  #describe(all: readonly ParsedKey[], usable: readonly ParsedKey[]): void {
    this.#usable = usable.map(nameOf);
    const isMissing = this.#identity !== undefined && !all.map(fingerprint).includes(this.#identity);
    this.#description = isMissing
      ? `the ssh-agent, which has ${all.length} keys for this client and not ${this.#identity} (agentIdentity): ${NOT_FOR_CLIENT}`
      : `the keys of the ssh-agent (${this.#usable.join(", ") || `none for this client: ${NOT_FOR_CLIENT}`})`;
  }

  /** The key, recorded as tried when the client library sends it. */
  #watched(key: ParsedKey): ParsedKey {
    const name = nameOf(key);
    const getPublicSSH = () => {
      this.#tried.add(name);
      return key.getPublicSSH();
    };
    return Object.create(key, { getPublicSSH: { value: getPublicSSH } });
  }
}

const NOT_FOR_CLIENT = "it cannot use security keys and certificates";

/** Agents also hold identities that the client library cannot use, such as certificates. */
function isUsable(identity: unknown): identity is ParsedKey {
  return typeof identity === "object" && identity !== null && "getPublicSSH" in identity;
}

function fingerprint(key: ParsedKey): string {
  return hostKeyFromBlob(key.getPublicSSH()).fingerprintSha256;
}

/** A key in messages. sshd refuses short RSA keys as it refuses unknown ones. */
function nameOf(key: ParsedKey): string {
  const bits = rsaBitsOf(key.getPublicSSH());
  const short = bits < rsaBits.min ? ` of ${bits} bits, which sshd refuses if its RequiredRSASize is larger` : "";
  return `${fingerprint(key)} (${key.type}${short})`;
}

/** The bits of an RSA key's modulus; infinite for other keys, of which none is short. */
function rsaBitsOf(blob: Buffer): number {
  const [type, , modulus] = takeFields(blob, 3)?.fields ?? [];
  if (type?.toString("latin1") !== "ssh-rsa" || modulus === undefined) return Number.POSITIVE_INFINITY;
  return BigInt(`0x0${modulus.toString("hex")}`).toString(2).length;
}
