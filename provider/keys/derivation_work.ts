/**
 * How long a passphrase may keep us busy. A file says itself how often its passphrase is hashed, so a damaged one, or one
 * from somebody else, could ask for years.
 */
import { unusablePrivateKey } from "./private_key_block";
import { toBigInt } from "./wire";

/** A minute and a half. ssh-keygen writes 16 rounds, or 24. */
const MAX_BCRYPT_ROUNDS = 4096;

/** A few seconds, in which nothing else goes on. OpenSSL writes 2048 iterations. */
const MAX_ITERATIONS = 10_000_000n;

/** Refuses an OpenSSH key that asks for too many rounds of bcrypt. @throws InvalidPrivateKeyError */
export function checkBcryptRounds(rounds: number): void {
  if (rounds <= MAX_BCRYPT_ROUNDS) return;
  throw unusablePrivateKey(
    `its passphrase is hashed in ${rounds} rounds, and ${MAX_BCRYPT_ROUNDS} is the most; take an undamaged copy, or ` +
      "write it with fewer: `ssh-keygen -p -a 24 -f FILE`",
  );
}

/** Refuses an encrypted PKCS#8 key that asks for too much work. @throws InvalidPrivateKeyError */
export function checkIterations(encryptedPkcs8: Buffer): void {
  const numbers = [...integersIn(encryptedPkcs8)];
  const isTooMuch = encryptedPkcs8.includes(scrypt)
    ? numbers.reduce((work, number) => work * number, 1n) > MAX_ITERATIONS
    : numbers.some((number) => number > MAX_ITERATIONS);
  if (!isTooMuch) return;
  throw unusablePrivateKey(
    `its passphrase is hashed more than ${MAX_ITERATIONS} times; take an undamaged copy, or write it with fewer: ` +
      "`openssl pkcs8 -topk8 -iter 600000 -in FILE -out NEWFILE`",
  );
}

/** The object identifier of scrypt, whose work is the product of its numbers (RFC 7914, section 7). */
const scrypt = Buffer.from("06092b06010401da47040b", "hex");

const INTEGER = 0x02;
const CONSTRUCTED = 0x20;

/** Every number in DER (X.690), in the order of the bytes: the content of what is constructed follows its head. */
function* integersIn(der: Buffer): Generator<bigint> {
  for (let at = 0; at + 1 < der.length; ) {
    const [tag = 0, first = 0] = der.subarray(at);
    const start = at + 2 + (first > 0x80 ? first - 0x80 : 0);
    const length = first < 0x80 ? first : Number(toBigInt(der.subarray(at + 2, start)));
    if (tag === INTEGER) yield toBigInt(der.subarray(start, start + length));
    at = (tag & CONSTRUCTED) === 0 ? start + length : start;
  }
}
