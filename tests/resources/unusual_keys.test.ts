/** What a check accepts, a creation can use: private keys that are valid and unusual, in every format. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { resources } from "../../provider/resources";
import { opensshContainer, wire } from "../keys/blobs";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(closeClouds);

const pem = (key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1") =>
  key.export({ type, format: "pem" } as never).toString();
const rsa = (publicExponent: number, modulusLength = 2048) =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent }).privateKey;
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).privateKey;
const ed25519 = () => generateKeyPairSync("ed25519").privateKey;

/** With the smaller prime first, as some programs have it. */
function swapped(key: KeyObject): KeyObject {
  const { p, q, dp, dq, ...rest } = key.export({ format: "jwk" });
  const [a, b] = [p, q].map((prime = "") => BigInt(`0x${Buffer.from(prime, "base64url").toString("hex")}`));
  const jwk = { ...rest, p: q, q: p, dp: dq, dq: dp, qi: text(inverse(a ?? 0n, b ?? 0n)) };
  return createPrivateKey({ format: "jwk", key: jwk as never });
}

/** By Fermat: the modulus is a prime. */
function inverse(number: bigint, prime: bigint): bigint {
  let [power, base] = [1n, number % prime];
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) power = (power * base) % prime;
    base = (base * base) % prime;
  }
  return power;
}

const text = (number: bigint) => Buffer.from(number.toString(16).padStart(256, "0"), "hex").toString("base64url");

/** A key in OpenSSH's format with any comment and any padding. */
function openssh(comment: string, padding = ""): string {
  const { x = "", d = "" } = ed25519().export({ format: "jwk" });
  const [seed, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const section = Buffer.concat([
    Buffer.from("12341234"),
    wire("ssh-ed25519", point, Buffer.concat([seed, point]), comment),
    Buffer.from(padding),
  ]);
  const secret = Buffer.concat([
    section,
    Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (section.length % 8)) % 8),
  ]);
  return opensshContainer(wire("ssh-ed25519", point), { secret });
}

const keys: Record<string, () => string> = {
  "RSA with the exponent 3": () => pem(rsa(3), "pkcs1"),
  "RSA with the exponent 2^31-1": () => pem(rsa(2 ** 31 - 1), "pkcs8"),
  "RSA with an odd number of bits": () => pem(rsa(65537, 2049), "pkcs1"),
  "RSA with its primes swapped": () => pem(swapped(rsa(65537)), "pkcs8"),
  "RSA-PSS": () => pem(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).privateKey, "pkcs8"),
  "P-521 in SEC1": () => pem(ec("secp521r1"), "sec1"),
  "a curve that SSH has not": () => pem(ec("secp256k1"), "pkcs8"),
  Ed448: () => pem(generateKeyPairSync("ed448").privateKey, "pkcs8"),
  X25519: () => pem(generateKeyPairSync("x25519").privateKey, "pkcs8"),
  DSA: () => pem(generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey, "pkcs8"),
  "a comment of two lines": () => openssh("alice\nssh-rsa AAAA"),
  "a comment that is not UTF-8": () => openssh("\ufffd\u2028"),
  "no comment": () => openssh(""),
  "other words where padding is expected": () => openssh("alice", "words"),
  "Windows line ends and words around it": () => `my key\r\n${pem(ed25519(), "pkcs8").replaceAll("\n", "\r\n")}end`,
  "a key type that does not exist": () => opensshContainer(wire("ssh-new", "x")),
  "nothing in its container": () => opensshContainer(Buffer.alloc(0)),
  "PuTTY's format": () => "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n",
};

test.each(Object.entries(keys))("A key that is %s is refused with a reason, or made", async (_, make) => {
  await expectTruth(make());
});

/** Every answer is "no, because", or a pair. */
async function expectTruth(privateKey: string): Promise<void> {
  const { inputs, failures } = await cloud.run().check(SshKeyPair, { privateKey, formats: ["pem", "putty"] });
  for (const { reason } of failures) expect(reason).toMatch(/^privateKey: Not a usable private key: .+\.$/);
  if (failures.length > 0) return;
  const { state } = await SshKeyPair.create(inputs as never, cloud.run());
  expect(state.publicKeyOpenssh).toMatch(/^\S+ AAAA\S+ [^\p{Cc}\p{Zl}\p{Zp}]+$/u);
  expect(state.privateKeyPutty).toMatch(/^PuTTY/);
}

test("A key with any byte changed is refused with a reason, or made", async () => {
  const texts = [pem(rsa(65537), "pkcs1"), pem(ec("prime256v1"), "sec1"), pem(ed25519(), "pkcs8"), openssh("alice")];
  for (const [index, whole] of texts.entries()) {
    const [begin = "", ...lines] = whole.trim().split("\n");
    const bytes = Buffer.from(lines.slice(0, -1).join(""), "base64");
    for (let at = index; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await expectTruth([begin, changed.toString("base64"), lines.at(-1), ""].join("\n"));
    }
  }
});
