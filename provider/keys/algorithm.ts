import type { AsymmetricKeyDetails } from "node:crypto";
import { UnsupportedKeyError } from "../errors";

/** The kinds of key that Exoscale registers and every supported OpenSSH accepts. */
export type KeyAlgorithm = "ed25519" | "rsa" | "ecdsa";

/** The kinds of public key: also those of security keys (FIDO), whose private half is in a token. */
export type PublicKeyAlgorithm = KeyAlgorithm | "ed25519-sk" | "ecdsa-sk";

/** Whether a pair of this kind can be generated: not one of a security key. */
export function isKeyAlgorithm(algorithm: PublicKeyAlgorithm): algorithm is KeyAlgorithm {
  return !algorithm.endsWith("-sk");
}

/** The NIST curves that SSH knows (RFC 5656 section 10.1). */
export type EcdsaCurve = "P256" | "P384" | "P521";

/** One supported kind of key, by the type word that starts its public key line. */
export interface KeyKind {
  /** Type word of the public key line and of the blob. */
  readonly sshType: string;
  readonly algorithm: KeyAlgorithm;
  /** How many wire fields follow the type word in a public blob. */
  readonly fields: number;
  /** Length in bytes of the last field where it is fixed: an Ed25519 key, or an uncompressed curve point. */
  readonly pointBytes?: number;
  readonly ecdsaCurve?: EcdsaCurve;
  /** What OpenSSL calls the curve. */
  readonly opensslCurve?: string;
}

/** Every supported kind of key; RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4. */
export const keyKinds: readonly KeyKind[] = [
  { sshType: "ssh-ed25519", algorithm: "ed25519", fields: 1, pointBytes: 32 },
  { sshType: "ssh-rsa", algorithm: "rsa", fields: 2 },
  curve("P256", "nistp256", "prime256v1", 65),
  curve("P384", "nistp384", "secp384r1", 97),
  curve("P521", "nistp521", "secp521r1", 133),
];

function curve(ecdsaCurve: EcdsaCurve, sshName: string, opensslCurve: string, pointBytes: number): KeyKind {
  return { sshType: `ecdsa-sha2-${sshName}`, algorithm: "ecdsa", fields: 2, pointBytes, ecdsaCurve, opensslCurve };
}

/**
 * Sizes in bits of an RSA modulus. Keys below `min` are neither made nor registered; down to `minToLogIn`, the least that
 * OpenSSH reads, they may log in, so that a machine can be given another key. Above `maxImported` OpenSSH refuses the
 * key as a line of `authorized_keys`.
 */
export const rsaBits = {
  min: 2048,
  minToLogIn: 1024,
  default: 4096,
  maxGenerated: 8192,
  step: 1024,
  maxImported: 16384,
} as const;

/**
 * Why a key of this SSH type word cannot be used, as the end of a sentence with what to do instead.
 *
 * @returns undefined for unknown type words, and for supported ones.
 */
export function whyTypeIsRefused(word: string): string | undefined {
  return refusedTypes.find(({ pattern }) => pattern.test(word))?.reason;
}

const refusedTypes = [
  {
    pattern: /^[\w@.-]+-cert-v\d\d@openssh\.com$/,
    reason: "it is a certificate; give the public key that was certified (the .pub file without -cert in its name)",
  },
  {
    pattern: /^sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com$/,
    reason:
      "it belongs to a security key (FIDO, sk-): its secret never leaves the token, so it cannot log in from here; use another key",
  },
  { pattern: /^ssh-dss$/, reason: "DSA is refused by every current OpenSSH; make an ed25519 or RSA key" },
  {
    pattern: /^rsa-sha2-(256|512)$/,
    reason: "rsa-sha2-256 and rsa-sha2-512 name signatures, not keys; write ssh-rsa as the type",
  },
];

/** Why an RSA key with these numbers cannot be used, as the end of a sentence; undefined when it can. */
export function whyRsaIsRefused(
  { modulusLength = 0, publicExponent = 0n }: AsymmetricKeyDetails = {},
  least: number = rsaBits.min,
): string | undefined {
  const size = `it is RSA with ${modulusLength} bits`;
  if (modulusLength < least) return `${size}, and ${least} is the least; make a new key`;
  if (modulusLength > rsaBits.maxImported) return `${size}, and OpenSSH takes 16384 at most; make a new key`;
  if (publicExponent < 3n || publicExponent % 2n === 0n) return "its RSA exponent is unsafe; make a new key";
  return undefined;
}

/** What to generate. */
export interface KeyOptions {
  readonly algorithm: KeyAlgorithm;
  /** Bits of an RSA modulus: a multiple of 1024 from 2048 to 8192. Default 4096. Refused for other algorithms. */
  readonly rsaBits?: number | undefined;
  /** Curve of an ECDSA key. Default P256. Refused for other algorithms. */
  readonly ecdsaCurve?: EcdsaCurve | undefined;
}

/**
 * Checks options of `generatePrivateKey` without generating a key.
 *
 * @throws UnsupportedKeyError that starts with the name of the field that is wrong.
 */
export function checkKeyOptions(options: KeyOptions): void {
  if (!["ed25519", "rsa", "ecdsa"].includes(options.algorithm)) {
    throw new UnsupportedKeyError("algorithm: choose ed25519, rsa or ecdsa.");
  }
  if (options.rsaBits !== undefined) checkRsaBits(options.algorithm, options.rsaBits);
  if (options.ecdsaCurve !== undefined) checkCurve(options.algorithm, options.ecdsaCurve);
}

function checkRsaBits(algorithm: KeyAlgorithm, bits: number): void {
  if (algorithm !== "rsa") throw new UnsupportedKeyError(`rsaBits: has no meaning for ${algorithm}; leave it out.`);
  if (bits < rsaBits.min || bits > rsaBits.maxGenerated || bits % rsaBits.step !== 0) {
    throw new UnsupportedKeyError(`rsaBits: ${bits} is not a multiple of 1024 from 2048 to 8192.`);
  }
}

function checkCurve(algorithm: KeyAlgorithm, name: EcdsaCurve): void {
  if (algorithm !== "ecdsa")
    throw new UnsupportedKeyError(`ecdsaCurve: has no meaning for ${algorithm}; leave it out.`);
  if (!keyKinds.some((kind) => kind.ecdsaCurve === name)) {
    throw new UnsupportedKeyError("ecdsaCurve: choose P256, P384 or P521.");
  }
}
