import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { PrivateKey as SshpkPrivateKey } from "sshpk";
import { keyKinds, whyTypeIsRefused } from "./algorithm";
import { sshpk } from "./libraries";
import { type PrivateKeyBlock, passphraseError, unusablePrivateKey } from "./private_key_block";
import { takeFields } from "./wire";

/**
 * Reads the container that ssh-keygen writes by default (OpenSSH's PROTOCOL.key).
 *
 * Everything outside the encrypted part is checked here before sshpk sees it: sshpk throws outside of any call on a
 * truncated ciphertext, and does not say why it refuses unknown ciphers and kinds of key.
 */
export function readOpensshPrivateKey(
  { body, pem }: PrivateKeyBlock,
  passphrase: string | undefined,
): { material: KeyObject; comment: string } {
  const { encrypted, publicBlob } = checkContainer(Buffer.from(body, "base64"));
  if (encrypted && !passphrase) throw passphraseError(passphrase);
  const key = decrypt(pem, encrypted ? passphrase : undefined);
  if (!key.toPublic().toBuffer("rfc4253").equals(publicBlob)) {
    throw unusablePrivateKey("its private and public halves do not belong together; take an undamaged copy");
  }
  return { material: toKeyObject(key), comment: key.comment ?? "" };
}

/** The blob of the public half, which the container never encrypts. */
export function publicBlobIn({ body }: PrivateKeyBlock): Buffer {
  return splitContainer(Buffer.from(body, "base64")).publicBlob;
}

const magic = Buffer.from("openssh-key-v1\0");

/** Block sizes of the ciphers that sshpk decrypts correctly; its AES-GCM is broken, and it has no ChaCha20. */
const blockBytes: Readonly<Record<string, number>> = {
  none: 8,
  "aes128-cbc": 16,
  "aes192-cbc": 16,
  "aes256-cbc": 16,
  "aes128-ctr": 16,
  "aes192-ctr": 16,
  "aes256-ctr": 16,
};

function checkContainer(container: Buffer): { encrypted: boolean; publicBlob: Buffer } {
  const { cipher, keyCount, publicBlob, secret, rest } = splitContainer(container);
  const block = blockBytes[cipher];
  if (block === undefined) {
    const remedy = "change it with `ssh-keygen -p -Z aes256-ctr -f FILE`";
    throw unusablePrivateKey(`it is encrypted with a cipher that is not supported; ${remedy}`);
  }
  if (keyCount !== 1) throw unusablePrivateKey("it holds several keys in one block; give exactly one");
  checkType(publicBlob);
  if (rest.length > 0 || secret.length === 0 || secret.length % block !== 0) throw damagedKey();
  return { encrypted: cipher !== "none", publicBlob };
}

function splitContainer(container: Buffer) {
  if (!container.subarray(0, magic.length).equals(magic)) throw damagedKey();
  const head = takeFields(container.subarray(magic.length), 3);
  if (!head || head.rest.length < 4) throw damagedKey();
  const [cipher, ,] = head.fields;
  const keys = takeFields(head.rest.subarray(4), 2);
  const [publicBlob, secret] = keys?.fields ?? [];
  if (!cipher || !keys || !publicBlob || !secret) throw damagedKey();
  return {
    cipher: cipher.toString("latin1"),
    keyCount: head.rest.readUInt32BE(0),
    publicBlob,
    secret,
    rest: keys.rest,
  };
}

function checkType(publicBlob: Buffer): void {
  const type = takeFields(publicBlob, 1)?.fields[0]?.toString("latin1") ?? "";
  if (keyKinds.some(({ sshType }) => sshType === type)) return;
  throw unusablePrivateKey(whyTypeIsRefused(type) ?? "its type is not supported; use ed25519, RSA or ECDSA");
}

function decrypt(pem: string, passphrase: string | undefined): SshpkPrivateKey {
  try {
    // Without a file name sshpk invents the comment "(unnamed)".
    return sshpk().parsePrivateKey(pem, "openssh", { filename: "", ...(passphrase && { passphrase }) });
  } catch {
    throw passphrase ? passphraseError(passphrase) : damagedKey();
  }
}

/**
 * Uses JWK, because the PKCS#8 of sshpk is correct for ECDSA only: no OpenSSL before 3.5 reads its Ed25519 keys, and it
 * writes zero for the two RSA exponents that the container lacks (d mod p-1, d mod q-1).
 */
function toKeyObject(key: SshpkPrivateKey): KeyObject {
  try {
    if (key.type === "ecdsa") return createPrivateKey(key.toString("pkcs8"));
    return createPrivateKey({ format: "jwk", key: key.type === "rsa" ? rsaJwk(key) : ed25519Jwk(key) });
  } catch {
    throw damagedKey();
  }
}

function ed25519Jwk(key: SshpkPrivateKey): JsonWebKey {
  return {
    kty: "OKP",
    crv: "Ed25519",
    x: part(key, "A").toString("base64url"),
    d: part(key, "k").toString("base64url"),
  };
}

function rsaJwk(key: SshpkPrivateKey): JsonWebKey {
  const numbers: JsonWebKey = { kty: "RSA", dp: exponentModulo(key, "p"), dq: exponentModulo(key, "q") };
  for (const name of ["n", "e", "d", "p", "q"] as const) numbers[name] = part(key, name).toString("base64url");
  return { ...numbers, qi: part(key, "iqmp").toString("base64url") };
}

function exponentModulo(key: SshpkPrivateKey, prime: "p" | "q"): string {
  const bytes = part(key, prime);
  const remainder = toBigInt(part(key, "d")) % (toBigInt(bytes) - 1n);
  return Buffer.from(remainder.toString(16).padStart(2 * bytes.length, "0"), "hex").toString("base64url");
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x0${bytes.toString("hex")}`);
}

function part(key: SshpkPrivateKey, name: string): Buffer {
  const found = key.parts.find((candidate) => candidate.name === name);
  if (!found) throw damagedKey();
  return found.data;
}

function damagedKey(): Error {
  return unusablePrivateKey("its content is damaged or cut off; give the whole file as it is");
}
