import { type KeyType, utils } from "ssh2";

/** A key pair as OpenSSH texts, made by the client library rather than by the code under test. */
export interface TestKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

export const keyKinds = ["ed25519", "rsa", "ecdsa 256", "ecdsa 384", "ecdsa 521"] as const;

export function makeKey(kind: (typeof keyKinds)[number] = "ed25519"): TestKey {
  let pair = generate(kind);
  // One Ed25519 key in four hundred comes out in a form that the library itself cannot read.
  while (utils.parseKey(pair.private) instanceof Error) pair = generate(kind);
  return { privateKey: pair.private, publicKey: pair.public };
}

function generate(kind: string): { private: string; public: string } {
  if (kind === "rsa") return utils.generateKeyPairSync("rsa", { bits: 2048 });
  if (kind.startsWith("ecdsa")) return utils.generateKeyPairSync("ecdsa", { bits: Number(kind.slice(6)) as 256 });
  return utils.generateKeyPairSync("ed25519" as Extract<KeyType, "ed25519">);
}
