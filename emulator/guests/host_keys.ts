/** The keys by which clients know a guest again. */
import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { parsePrivateKey } from "../../provider/keys/private_key";

/** A kind of host key, by the word in the names of sshd's files. */
export type HostKeyKind = "ed25519" | "ecdsa" | "rsa";

/** All that a cloud image makes at its first boot, in the order of sshd's preference. */
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
 * A fresh host key. Not made by ssh2, whose generator writes one Ed25519 key in four hundred that it cannot read itself.
 * RSA has 2048 bits, where ssh-keygen gives 3072: it takes 0.2 s, which is the time that a guest takes, instead of 0.8.
 */
export async function makeHostKey(kind: HostKeyKind): Promise<HostKeyPair> {
  const key = await generatePrivateKey({ algorithm: kind, ...(kind === "rsa" && { rsaBits: 2048 }) });
  return { kind, private: (await encodePrivateKey(key)).openssh, public: key.publicKey().openssh };
}

/** A host key that a guest was given, or has made itself; undefined for a text that is none. */
export function hostKeyFrom(kind: HostKeyKind, text: string): HostKeyPair | undefined {
  try {
    return { kind, private: text, public: parsePrivateKey(text).publicKey("").openssh.trim() };
  } catch {
    return undefined;
  }
}
