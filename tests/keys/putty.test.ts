import { createPrivateKey } from "node:crypto";
import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { type PrivateKey, parsePlainPrivateKey } from "../../provider/keys/private_key";
import { sameKey } from "../../provider/keys/public_key";
import { takeFields } from "../../provider/keys/wire";
import { puttygenOpenssh, testWith } from "./real_programs";

// RSA takes its time on a busy machine.
jest.setTimeout(240_000);

/**
 * An RSA key whose private exponent begins with a byte from 8 to 15, as that of one key in about nine does. One pair of
 * primes is enough: each public exponent has another private one.
 */
async function keyWithShortNumber(): Promise<PrivateKey> {
  const { material } = await generatePrivateKey({ algorithm: "rsa", rsaBits: 2048 });
  const jwk = material.export({ format: "jwk" });
  const [p, q] = [jwk.p, jwk.q].map(
    (prime = "") => BigInt(`0x${Buffer.from(prime, "base64url").toString("hex")}`) - 1n,
  );
  if (p === undefined || q === undefined) throw new Error("The key has no primes");
  for (let e = 65_537n; ; e += 2n) {
    const d = inverse(e, p * q);
    if (d === undefined || !/^0[89a-f]/.test(bytesOf(d).toString("hex"))) continue;
    const numbers = { e, d, dp: d % p, dq: d % q };
    const encoded = Object.entries(numbers).map(([name, number]) => [name, bytesOf(number).toString("base64url")]);
    const key = createPrivateKey({ format: "jwk", key: { ...jwk, ...Object.fromEntries(encoded) } });
    return parsePlainPrivateKey(key.export({ type: "pkcs8", format: "pem" }).toString());
  }
}

/** The number by which another one is 1; undefined where there is none. */
function inverse(number: bigint, modulus: bigint): bigint | undefined {
  let [rest, next, factor, before] = [modulus, number, 0n, 1n];
  while (next > 0n) [rest, next, factor, before] = [next, rest % next, before, factor - (rest / next) * before];
  return rest === 1n ? ((factor % modulus) + modulus) % modulus : undefined;
}

function bytesOf(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}

function privateNumbers(putty: string): readonly Buffer[] {
  const [, lines = ""] = /Private-Lines: \d+\r\n([^:]+)\r\nPrivate-MAC/.exec(putty) ?? [];
  return takeFields(Buffer.from(lines, "base64"), 4)?.fields ?? [];
}

describe("A PuTTY file of an RSA key with a short number", () => {
  let key: PrivateKey;
  let putty: string;
  beforeAll(async () => {
    key = await keyWithShortNumber();
    putty = (await encodePrivateKey(key)).putty ?? "";
  });

  test("has no number with a superfluous zero, which PuTTY refuses", () => {
    const padded = privateNumbers(putty).filter(([first = 0, second = 0]) => first === 0 && second < 0x80);
    expect([privateNumbers(putty).length, padded]).toEqual([4, []]);
  });

  testWith("puttygen", "is read by puttygen, including its private half", () => {
    expect(sameKey(parsePlainPrivateKey(puttygenOpenssh(putty)).publicKey(), key.publicKey())).toBe(true);
  });
});
