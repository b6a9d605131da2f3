import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { type EcdsaCurve, type KeyAlgorithm, keyKinds, rsaBits, whyRsaIsRefused } from "./algorithm";
import { cleanComment } from "./comment";
import { type ReadPrivateKey, readOpensshPrivateKey, readPlainOpensshPrivateKey } from "./openssh_private_key";
import { readPemPrivateKey } from "./pem_private_key";
import { onlyPrivateKeyBlock, type PrivateKeyBlock, unusablePrivateKey } from "./private_key_block";
import { type PublicKey, toPublicKey } from "./public_key";
import { toBigInt } from "./wire";

/**
 * A private key in memory. Printing, logging or serialising it does not show the key: its material is a KeyObject,
 * whose bytes leave it through `export` only, which only this folder calls.
 */
export class PrivateKey {
  readonly algorithm: KeyAlgorithm;
  /** Only for ECDSA. */
  readonly ecdsaCurve?: EcdsaCurve;
  /** Bits of the modulus; only for RSA. */
  readonly rsaBits?: number;

  constructor(
    /** For this folder only. */
    readonly material: KeyObject,
    /** The comment in the file that it was read from; empty for a generated key. */
    readonly comment = "",
  ) {
    const { modulusLength, namedCurve } = material.asymmetricKeyDetails ?? {};
    const curve = keyKinds.find((kind) => kind.opensslCurve === namedCurve)?.ecdsaCurve;
    this.algorithm = curve ? "ecdsa" : modulusLength ? "rsa" : "ed25519";
    if (curve) this.ecdsaCurve = curve;
    if (modulusLength) this.rsaBits = modulusLength;
  }

  /** The public half, with the given comment, by default the key's own. */
  publicKey(comment = this.comment): PublicKey {
    return toPublicKey(this.material, comment);
  }

  toString(): string {
    return `PrivateKey ${this.publicKey().fingerprintSha256}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * Reads a private key in OpenSSH's format (plain, or encrypted with AES in CTR or CBC mode), PKCS#8 (plain or
 * encrypted), PKCS#1, SEC1, or PEM with a DEK-Info header.
 *
 * @param passphrase ignored when the text is not encrypted; an empty one counts as none.
 * @throws WrongPassphraseError when the text is encrypted and the passphrase is missing or does not open it.
 * @throws InvalidPrivateKeyError for every other fault. No message contains any part of the text.
 */
export async function parsePrivateKey(text: string, passphrase?: string): Promise<PrivateKey> {
  const block = onlyPrivateKeyBlock(text);
  if (block.label !== OPENSSH) return parsePemPrivateKey(block, passphrase);
  return checkedKey(await readOpensshPrivateKey(block, passphrase));
}

/** The same for a private key that is not encrypted. @throws WrongPassphraseError when it is */
export function parsePlainPrivateKey(text: string): PrivateKey {
  const block = onlyPrivateKeyBlock(text);
  return block.label === OPENSSH ? checkedKey(readPlainOpensshPrivateKey(block)) : parsePemPrivateKey(block);
}

/** The same for a private key in any other format than OpenSSH's. */
export function parsePemPrivateKey(block: PrivateKeyBlock, passphrase?: string): PrivateKey {
  return checkedKey({ material: readPemPrivateKey(block, passphrase), comment: "" });
}

const OPENSSH = "OPENSSH PRIVATE KEY";

function checkedKey({ material, comment }: ReadPrivateKey): PrivateKey {
  checkSupported(material);
  checkSigns(material);
  checkPrimes(material);
  return new PrivateKey(withUncompressedPoint(material), cleanComment(comment));
}

/** Returns a key that may be registered. @throws InvalidPrivateKeyError for one that may only log in: a short RSA key */
export function registrable(key: PrivateKey): PrivateKey {
  const whyRefused = key.algorithm === "rsa" ? whyRsaIsRefused(key.material.asymmetricKeyDetails) : undefined;
  if (whyRefused) throw unusablePrivateKey(whyRefused);
  return key;
}

/** OpenSSL keeps compressed points as they are, and SSH does not allow them (RFC 5656 section 3.1). */
function withUncompressedPoint(material: KeyObject): KeyObject {
  if (material.asymmetricKeyType !== "ec") return material;
  return createPrivateKey({ format: "jwk", key: material.export({ format: "jwk" }) });
}

function checkSupported({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): void {
  const whyRefused = type === "rsa" ? whyRsaIsRefused(details, rsaBits.minToLogIn) : undefined;
  if (whyRefused) throw unusablePrivateKey(whyRefused);
  if (type === "ec" && !keyKinds.some((kind) => kind.opensslCurve === details.namedCurve)) {
    throw unusablePrivateKey("SSH does not support its curve; use P-256, P-384 or P-521");
  }
  if (type !== "rsa" && type !== "ec" && type !== "ed25519") {
    throw unusablePrivateKey(`its type (${type}) is not supported; use ed25519, RSA or ECDSA`);
  }
}

/** OpenSSL takes RSA keys with more than two primes. The format of OpenSSH has no place for them. */
function checkPrimes(material: KeyObject): void {
  if (material.asymmetricKeyType !== "rsa") return;
  const { n, p, q } = material.export({ format: "jwk" });
  const number = (base64url = "") => toBigInt(Buffer.from(base64url, "base64url"));
  if (number(p) * number(q) === number(n)) return;
  throw unusablePrivateKey("it is RSA with more than two primes, which OpenSSH's format cannot hold; make a new key");
}

/** A file can be well-formed and hold halves of two keys, or a flipped bit: such a key would lock its owner out. */
function checkSigns(material: KeyObject): void {
  const message = Buffer.from("do the two halves belong together");
  const digest = material.asymmetricKeyType === "ed25519" ? null : "sha256";
  try {
    if (verify(digest, message, createPublicKey(material), sign(digest, message, material))) return;
  } catch {
    // OpenSSL notices some broken keys itself; the answer to the user is the same.
  }
  throw unusablePrivateKey("its private and public halves do not belong together; take an undamaged copy");
}
