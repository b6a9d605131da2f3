import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { type KeyKind, keyKinds, whyTypeIsRefused } from "./algorithm";
import { damagedKey, decryptSecret, isEncrypted, readContainer } from "./openssh_container";
import { type PrivateKeyBlock, passphraseError, unusablePrivateKey } from "./private_key_block";
import { lengthPrefixed, takeFields, toBigInt } from "./wire";

/** A private key as it was read, and the comment beside it. */
export interface ReadPrivateKey {
  readonly material: KeyObject;
  readonly comment: string;
}

/**
 * Reads the format that ssh-keygen writes by default. Everything outside the private section is checked before the
 * passphrase is asked for.
 */
export async function readOpensshPrivateKey(block: PrivateKeyBlock, passphrase: string | undefined) {
  const container = readContainer(block);
  const kind = kindOf(container.publicBlob);
  const section = await decryptSecret(container, passphrase);
  if (section.subarray(0, 4).equals(section.subarray(4, 8))) return readSection(kind, section, container.publicBlob);
  // Two equal numbers are there for this question: is the passphrase right?
  throw isEncrypted(container) ? passphraseError(passphrase) : damagedKey();
}

/** The same for a key that is not encrypted. @throws WrongPassphraseError when it is */
export function readPlainOpensshPrivateKey(block: PrivateKeyBlock): ReadPrivateKey {
  const container = readContainer(block);
  const { publicBlob, secret } = container;
  const kind = kindOf(publicBlob);
  if (isEncrypted(container)) throw passphraseError(undefined);
  if (!secret.subarray(0, 4).equals(secret.subarray(4, 8))) throw damagedKey();
  return readSection(kind, secret, publicBlob);
}

function kindOf(publicBlob: Buffer): KeyKind {
  const type = takeFields(publicBlob, 1)?.fields[0]?.toString("latin1") ?? "";
  const kind = keyKinds.find(({ sshType }) => sshType === type);
  if (kind) return kind;
  throw unusablePrivateKey(whyTypeIsRefused(type) ?? "its type is not supported; use ed25519, RSA or ECDSA");
}

/** How many fields each kind has between its type word and its comment. */
const fieldCounts = { ed25519: 2, rsa: 6, ecdsa: 3 } as const;

function readSection(kind: KeyKind, section: Buffer, publicBlob: Buffer): ReadPrivateKey {
  const taken = takeFields(section.subarray(8), fieldCounts[kind.algorithm] + 2);
  const [type, ...numbers] = taken?.fields ?? [];
  const comment = numbers.pop();
  if (!taken || !type || !comment || type.toString("latin1") !== kind.sshType) throw damagedKey();
  // As ssh-keygen, which reads the comment as a C string.
  if (!isPadding(taken.rest) || comment.subarray(0, -1).includes(0)) throw damagedKey();
  if (!publicBlob.equals(Buffer.concat([type, ...publicFields(kind, numbers)].map(lengthPrefixed)))) throw otherHalf();
  const material = toKeyObject(kind, numbers);
  if (kind.algorithm === "ed25519" && !isSeedOf(material, numbers)) throw otherHalf();
  return { material, comment: comment.toString() };
}

/** The numbers 1, 2, 3 and so on, as ssh-keygen demands it. */
function isPadding(bytes: Buffer): boolean {
  return bytes.every((byte, index) => byte === ((index + 1) & 0xff));
}

/** OpenSSL reads the seed alone: a damaged one would be taken for another key. The section has it with the public half. */
function isSeedOf(material: KeyObject, [x, seedAndX = empty]: readonly Buffer[]): boolean {
  const own = Buffer.from(material.export({ format: "jwk" }).x ?? "", "base64url");
  return x?.equals(own) === true && seedAndX.subarray(32).equals(own);
}

function otherHalf(): Error {
  return unusablePrivateKey("its private and public halves do not belong together; take an undamaged copy");
}

/** The fields of the public blob among those of the private section. */
function publicFields({ algorithm }: KeyKind, numbers: readonly Buffer[]): Buffer[] {
  const [first = empty, second = empty] = numbers;
  if (algorithm === "ed25519") return [first];
  // RSA has the exponent first in the blob, and the modulus first in the section.
  return algorithm === "rsa" ? [second, first] : [first, second];
}

const empty: Buffer = Buffer.alloc(0);

function toKeyObject(kind: KeyKind, numbers: readonly Buffer[]): KeyObject {
  try {
    return createPrivateKey({ format: "jwk", key: toJwk(kind, numbers) });
  } catch {
    throw damagedKey();
  }
}

function toJwk({ algorithm, ecdsaCurve, pointBytes = 0 }: KeyKind, numbers: readonly Buffer[]): JsonWebKey {
  const text = (bytes: Buffer = empty) => bytes.toString("base64url");
  if (algorithm === "ed25519") {
    const [x, seedAndX = empty] = numbers;
    return { kty: "OKP", crv: "Ed25519", x: text(x), d: text(seedAndX.subarray(0, 32)) };
  }
  if (algorithm === "ecdsa") {
    const [, point = empty, d = empty] = numbers;
    const size = (pointBytes - 1) / 2;
    const crv = ecdsaCurve?.replace("P", "P-");
    const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
    return { kty: "EC", ...(crv && { crv }), x: text(x), y: text(y), d: text(fixedLength(d, size)) };
  }
  const [n, e, d = empty, qi, p = empty, q = empty] = numbers;
  // The section lacks two numbers that follow from the others.
  const [dp, dq] = [exponentModulo(d, p), exponentModulo(d, q)];
  return { kty: "RSA", n: text(n), e: text(e), d: text(d), p: text(p), q: text(q), dp, dq, qi: text(qi) };
}

/** A number with as many bytes as its curve asks for. */
function fixedLength(number: Buffer, bytes: number): Buffer {
  return Buffer.from(
    toBigInt(number)
      .toString(16)
      .padStart(2 * bytes, "0"),
    "hex",
  );
}

function exponentModulo(d: Buffer, prime: Buffer): string {
  return fixedLength(toBuffer(toBigInt(d) % (toBigInt(prime) - 1n)), prime.length).toString("base64url");
}

function toBuffer(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}
