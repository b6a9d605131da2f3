import type { KeyOptions } from "../../provider/keys/algorithm";
import { type EncodedPrivateKey, encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import type { PrivateKey } from "../../provider/keys/private_key";

/** One of every kind of key that can be generated, but for RSA above 4096 bits, which takes too long for every run. */
export const kinds = {
  ed25519: { algorithm: "ed25519" },
  "RSA-2048": { algorithm: "rsa", rsaBits: 2048 },
  "RSA-3072": { algorithm: "rsa", rsaBits: 3072 },
  "RSA-4096": { algorithm: "rsa", rsaBits: 4096 },
  "ECDSA-P256": { algorithm: "ecdsa", ecdsaCurve: "P256" },
  "ECDSA-P384": { algorithm: "ecdsa", ecdsaCurve: "P384" },
  "ECDSA-P521": { algorithm: "ecdsa", ecdsaCurve: "P521" },
} as const satisfies Record<string, KeyOptions>;

export type Kind = keyof typeof kinds;

export const kindNames = Object.keys(kinds) as Kind[];

const generated = new Map<Kind, Promise<PrivateKey>>();

/** A key of this kind, generated once per test file. */
export function sampleKey(kind: Kind): Promise<PrivateKey> {
  const key = generated.get(kind) ?? generatePrivateKey(kinds[kind]);
  generated.set(kind, key);
  return key;
}

const encoded = new Map<string, Promise<EncodedPrivateKey>>();

/** The key of this kind in every format, with the comment `alice@example`, written once per test file. */
export async function encodedSample(kind: Kind, passphrase?: string): Promise<EncodedPrivateKey> {
  const name = `${kind} ${passphrase}`;
  const texts = encoded.get(name) ?? encodePrivateKey(await sampleKey(kind), { comment: "alice@example", passphrase });
  encoded.set(name, texts);
  return texts;
}
