import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import type { Key } from "sshpk";
import {
  type EcdsaCurve,
  type KeyKind,
  keyKinds,
  type PublicKeyAlgorithm,
  rsaBits,
  whyRsaIsRefused,
} from "./algorithm";
import { cleanComment } from "./comment";
import { sshpk } from "./libraries";
import { splitPublicKeyLine, unusablePublicKey } from "./public_key_line";
import { plainBlobIn, type SecurityKeyKind } from "./security_key";
import { takeFields } from "./wire";

/** The public half of an SSH key, in every form that is needed. */
export interface PublicKey {
  readonly algorithm: PublicKeyAlgorithm;
  /** Bits of the modulus; only for RSA. */
  readonly rsaBits?: number;
  /** Only for ECDSA. */
  readonly ecdsaCurve?: EcdsaCurve;
  /** Type word, such as `ssh-ed25519`. */
  readonly sshType: string;
  /** Wire encoding (RFC 4253 section 6.6), canonical: integers without padding, even if the parsed text had some. */
  readonly blob: Buffer;
  /** Free of control characters; empty when there is none. */
  readonly comment: string;
  /** `type base64[ comment]`, one line without a newline. */
  readonly openssh: string;
  /** SubjectPublicKeyInfo as PEM, as `openssl pkey -pubin` reads it; empty for a security key, which has no such form. */
  readonly pem: string;
  /** 16 bytes in colon-separated hex, 47 characters: the form in which Exoscale lists keys. */
  readonly fingerprintMd5: string;
  /** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
  readonly fingerprintSha256: string;
}

/**
 * Reads one line of an OpenSSH `.pub` file; blank lines and spaces around it are ignored.
 *
 * @throws InvalidPublicKeyError for everything that sshd or the Exoscale API would not accept as one public key.
 */
export function parsePublicKey(text: string): PublicKey {
  return readPublicKey(text, rsaBits.min);
}

/** The same for a key that may be on a machine: also a short RSA key, which is not registered and has to be found there. */
export function parseLoginKey(text: string): PublicKey {
  return readPublicKey(text, rsaBits.minToLogIn);
}

function readPublicKey(text: string, leastRsaBits: number): PublicKey {
  const { kind, base64, comment } = splitPublicKeyLine(text);
  const blob = decodeStrictBase64(base64);
  if ("plainType" in kind) return securityKeyFromBlob(kind, blob, comment);
  return publicKeyFromBlob(kind, blob, comment, leastRsaBits);
}

/**
 * Whether two public keys decode to the same key. The comment, the line ending and, for RSA, the padding of e and n do
 * not matter.
 */
export function sameKey(a: PublicKey, b: PublicKey): boolean {
  return a.blob.equals(b.blob);
}

/** The public half of a private or public key object. */
export function toPublicKey(material: KeyObject, comment: string): PublicKey {
  const spki = material.type === "private" ? createPublicKey(material) : material;
  return describe(sshpk().parseKey(spki.export({ type: "spki", format: "pem" }), "pkcs8"), spki, cleanComment(comment));
}

function decodeStrictBase64(base64: string): Buffer {
  const blob = Buffer.from(base64, "base64");
  if (blob.toString("base64") !== base64)
    throw unusablePublicKey("its base64 is malformed or cut off; copy the whole line");
  return blob;
}

function publicKeyFromBlob(kind: KeyKind, blob: Buffer, comment: string, leastRsaBits: number): PublicKey {
  checkFraming(kind, blob);
  const [key, spki] = decode(kind, blob);
  const whyRefused = kind.algorithm === "rsa" ? whyRsaIsRefused(spki.asymmetricKeyDetails, leastRsaBits) : undefined;
  if (whyRefused) throw unusablePublicKey(whyRefused);
  return describe(key, spki, comment);
}

function securityKeyFromBlob(kind: SecurityKeyKind, blob: Buffer, comment: string): PublicKey {
  const plainKind = keyKinds.find(({ sshType }) => sshType === kind.plainType);
  const plainBlob = plainBlobIn(kind, blob);
  if (!plainKind || !plainBlob) throw unusablePublicKey(noSuchKey(kind));
  // The point has to be one of the plain kind.
  publicKeyFromBlob(plainKind, plainBlob, comment, rsaBits.min);
  const { sshType, algorithm } = kind;
  return {
    algorithm,
    sshType,
    blob,
    comment,
    openssh: [sshType, blob.toString("base64"), comment].filter(Boolean).join(" "),
    pem: "",
    fingerprintMd5: (createHash("md5").update(blob).digest("hex").match(/../g) ?? []).join(":"),
    fingerprintSha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}

/** sshpk reads a blob with too many fields as a private key, pads short Ed25519 keys and drops the sign of integers. */
function checkFraming(kind: KeyKind, blob: Buffer): void {
  const type = takeFields(blob, 1)?.fields[0]?.toString("latin1");
  if (type !== undefined && type !== kind.sshType) {
    throw unusablePublicKey(
      `the line says ${kind.sshType} but its base64 holds a key of another type; copy the whole line`,
    );
  }
  const taken = takeFields(blob, 1 + kind.fields);
  if (!taken) throw unusablePublicKey("its base64 is cut off; copy the whole line");
  if (taken.rest.length > 0) throw unusablePublicKey("bytes follow the key in its base64; copy the line again");
  const [, first, last = first] = taken.fields;
  const wrong = kind.algorithm === "rsa" ? isNegative(first) || isNegative(last) : last?.length !== kind.pointBytes;
  if (wrong) throw unusablePublicKey(noSuchKey(kind));
}

function isNegative(integer: Buffer | undefined): boolean {
  return ((integer?.[0] ?? 0) & 0x80) !== 0;
}

/** OpenSSL checks the key as well, because sshpk accepts points that are not on the curve. */
function decode(kind: KeyKind, blob: Buffer): [Key, KeyObject] {
  try {
    const key = sshpk().parseKey(blob, "rfc4253");
    return [key, createPublicKey(key.toString("pkcs8"))];
  } catch {
    throw unusablePublicKey(noSuchKey(kind));
  }
}

function describe(key: Key, spki: KeyObject, comment: string): PublicKey {
  const blob = key.toBuffer("rfc4253");
  const sshType = takeFields(blob, 1)?.fields[0]?.toString("latin1") ?? "";
  const kind = keyKinds.find((candidate) => candidate.sshType === sshType);
  if (!kind) throw unusablePublicKey("its type is not supported");
  return {
    algorithm: kind.algorithm,
    ...rsaSize(spki),
    ...(kind.ecdsaCurve && { ecdsaCurve: kind.ecdsaCurve }),
    sshType,
    blob,
    comment,
    openssh: [sshType, blob.toString("base64"), comment].filter(Boolean).join(" "),
    pem: spki.export({ type: "spki", format: "pem" }).toString(),
    fingerprintMd5: key.fingerprint("md5").toString("hex"),
    fingerprintSha256: key.fingerprint("sha256").toString("base64"),
  };
}

function rsaSize(spki: KeyObject): { rsaBits?: number } {
  const bits = spki.asymmetricKeyDetails?.modulusLength;
  return bits === undefined ? {} : { rsaBits: bits };
}

function noSuchKey(kind: KeyKind | SecurityKeyKind): string {
  return `its numbers do not form an ${kind.sshType} key; copy the whole line again`;
}

/** Whether two texts are the same public key; comment, blanks and encoding aside. */
export function samePublicKeyText(left: string, right: string): boolean {
  return left === right || sameKey(parsePublicKey(left), parsePublicKey(right));
}
