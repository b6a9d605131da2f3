import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { bcrypt } from "./libraries";

/** Bytes that one call of bcrypt's hash gives. */
const HASH_BYTES = 32;

/**
 * OpenBSD's bcrypt_pbkdf, with which OpenSSH turns a passphrase into a key. It is slow on purpose: a hundredth of a second
 * a round and 32 bytes. Other work goes on after each hash, because a process serves many resources at once.
 *
 * @param rounds at least 1; `ssh-keygen -a`
 * @param length of the result in bytes
 */
export async function bcryptPbkdf(passphrase: string, salt: Buffer, rounds: number, length: number): Promise<Buffer> {
  const secret = sha512(Buffer.from(passphrase));
  const stride = Math.ceil(length / HASH_BYTES);
  const derived = Buffer.alloc(length);
  for (let block = 0; block < stride; block++) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(block + 1);
    const bytes = await deriveBlock(secret, Buffer.concat([salt, count]), rounds);
    // The blocks are interleaved, so that half a result cannot be computed in half of the time.
    for (let i = 0; i * stride + block < length; i++) derived[i * stride + block] = bytes[i] ?? 0;
  }
  return derived;
}

async function deriveBlock(secret: Buffer, salt: Buffer, rounds: number): Promise<Buffer> {
  let last = await hash(secret, salt);
  const sum = Buffer.from(last);
  for (let round = 1; round < rounds; round++) {
    last = await hash(secret, last);
    for (const [i, byte] of last.entries()) sum[i] = (sum[i] ?? 0) ^ byte;
  }
  return sum;
}

async function hash(secret: Buffer, salt: Buffer): Promise<Buffer> {
  await setImmediate();
  const hashed = Buffer.alloc(HASH_BYTES);
  bcrypt().hash(secret, sha512(salt), hashed);
  return hashed;
}

function sha512(bytes: Buffer): Buffer {
  return createHash("sha512").update(bytes).digest();
}
