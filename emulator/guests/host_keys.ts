/** The host keys by which clients recognize a guest. */
import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { parsePlainPrivateKey } from "../../provider/keys/private_key";

/** A kind of host key, as in the file names of sshd. */
export type HostKeyKind = "ed25519" | "ecdsa" | "rsa";

/** The kinds that a cloud image generates at its first boot, in the order of sshd's preference. */
export const hostKeyKinds: readonly HostKeyKind[] = ["ed25519", "ecdsa", "rsa"];

/** A host key. */
export interface HostKeyPair {
  readonly kind: HostKeyKind;
  /** In OpenSSH format. */
  readonly private: string;
  /** `ssh-ed25519 AAAA...`. */
  readonly public: string;
}

/**
 * Generates a host key. The generator of ssh2 is not used: it cannot read one in four hundred of its own Ed25519 keys.
 * RSA has 2048 bits, which take 0.2 s, instead of the 3072 of ssh-keygen, which take 0.8 s.
 */
export async function makeHostKey(kind: HostKeyKind): Promise<HostKeyPair> {
  const key = await generatePrivateKey({ algorithm: kind, ...(kind === "rsa" && { rsaBits: 2048 }) });
  return { kind, private: (await encodePrivateKey(key)).openssh, public: key.publicKey().openssh };
}

/** Parses a private host key; undefined for another text. */
export function hostKeyFrom(kind: HostKeyKind, text: string): HostKeyPair | undefined {
  try {
    return { kind, private: text, public: parsePlainPrivateKey(text).publicKey("").openssh.trim() };
  } catch {
    return undefined;
  }
}
