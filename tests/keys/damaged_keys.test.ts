import { generateKeyPairSync } from "node:crypto";
import { parsePrivateKey } from "../../provider/keys/private_key";
import { publicHalf } from "../../provider/keys/public_half";
import { parsePublicKey } from "../../provider/keys/public_key";
import { wire } from "./blobs";
import { wrapped } from "./mutations";
import { inFile, run, testWith } from "./real_programs";

const OTHER_HALF = "its private and public halves do not belong together; take an undamaged copy";
const DAMAGED = "its content is damaged or cut off; give the whole file as it is";

const { x = "", d = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
const point = Buffer.from(x, "base64url");
const seed = Buffer.from(d, "base64url");
const label = "OPENSSH PRIVATE KEY";

interface Parts {
  readonly secret?: Buffer;
  readonly comment?: string;
  readonly padding?: Buffer;
  readonly encryption?: readonly [cipher: string, kdf: string, options: Buffer];
}

/** An OpenSSH key file of Ed25519 with these parts in place of its own. */
function file({
  secret = Buffer.concat([seed, point]),
  comment = "bob",
  padding,
  encryption = ["none", "none", Buffer.alloc(0)],
}: Parts = {}): string {
  const numbers = Buffer.concat([Buffer.alloc(8), wire("ssh-ed25519", point, secret, comment)]);
  const missing = Array.from({ length: 16 - (numbers.length % 16) }, (_, at) => at + 1);
  const section = Buffer.concat([numbers, padding ?? Buffer.from(missing)]);
  const head = [Buffer.from("openssh-key-v1\0"), wire(...encryption), Buffer.from([0, 0, 0, 1])];
  return wrapped({ label, bytes: Buffer.concat([...head, wire(wire("ssh-ed25519", point), section)]) });
}

/** The same bytes with one of them changed. */
function changed(bytes: Buffer, at: number): Buffer {
  return Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
}

describe("An OpenSSH private key", () => {
  test("is read from the parts that these tests change", async () => {
    const key = await parsePrivateKey(file());
    expect([key.publicKey().blob, key.comment]).toEqual([wire("ssh-ed25519", point), "bob"]);
  });

  test.each<[string, Buffer, string]>([
    ["with a bit of its seed changed: it would be another key", changed(Buffer.concat([seed, point]), 0), OTHER_HALF],
    ["with a bit of the copy of its public half changed", changed(Buffer.concat([seed, point]), 63), OTHER_HALF],
    ["with a byte too many behind that copy", Buffer.concat([seed, point, point.subarray(0, 1)]), OTHER_HALF],
    ["without that copy", seed, OTHER_HALF],
  ])("is refused %s", async (_what, secret, reason) => {
    await expect(parsePrivateKey(file({ secret }))).rejects.toThrow(`Not a usable private key: ${reason}.`);
  });

  test.each<[string, Buffer]>([
    ["other padding than ssh-keygen's", Buffer.from([1, 3])],
    ["bytes behind its padding", Buffer.from([1, 2, 0, 0, 0, 0, 0, 0, 0, 0])],
  ])("is refused with %s", async (_what, padding) => {
    await expect(parsePrivateKey(file({ padding }))).rejects.toThrow(`Not a usable private key: ${DAMAGED}.`);
  });

  test("is refused with a NUL in its comment", async () => {
    await expect(parsePrivateKey(file({ comment: "a\0b" }))).rejects.toThrow(`Not a usable private key: ${DAMAGED}.`);
  });

  test.each<[string, (text: string) => string]>([
    ["with a character that is no base64", (text) => text.replace("b3BlbnNz", "b3Bl!bnNz")],
    ["with text behind the padding of its base64", (text) => text.replace("\n-----END", "AAAA\n-----END")],
  ])("is refused %s, as ssh-keygen refuses it", async (_what, damage) => {
    await expect(parsePrivateKey(damage(file()))).rejects.toThrow(`Not a usable private key: ${DAMAGED}.`);
  });

  test.each([4097, 2 ** 31, 2 ** 32 - 1])("is refused at once with %i rounds for its passphrase", async (rounds) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(rounds);
    const options = Buffer.concat([wire(Buffer.alloc(16)), count]);
    const text = file({ encryption: ["aes256-ctr", "bcrypt", options] });
    await expect(parsePrivateKey(text, "throw-away")).rejects.toThrow(
      `its passphrase is hashed in ${rounds} rounds, and 4096 is the most; take an undamaged copy, or write it with fewer`,
    );
  });
});

/** Parts of an encrypted PKCS#8 key, in hexadecimal DER. */
const pkcs8 = {
  pbkdf2: (iterations: string) =>
    `302b06092a864886f70d01050c301e0408${"00".repeat(8)}0204${iterations}300c06082a864886f70d02090500`,
  scrypt: (parallel: string) => `302206092b06010401da47040b30150408${"00".repeat(8)}0202400002010802${parallel}`,
};

/** An encrypted PKCS#8 key with such a function for its passphrase, and nothing in it. */
function pkcs8With(derivation: string): string {
  const cipher = `301d060960864801650304012a0410${"00".repeat(16)}`;
  const scheme = sequence(`06092a864886f70d01050d${sequence(derivation + cipher)}`);
  const bytes = Buffer.from(sequence(`${scheme}0440${"00".repeat(64)}`), "hex");
  return wrapped({ label: "ENCRYPTED PRIVATE KEY", bytes });
}

function sequence(hex: string): string {
  const length = hex.length / 2;
  return `30${length > 127 ? "81" : ""}${length.toString(16).padStart(2, "0")}${hex}`;
}

/** The scheme of PKCS#12 (RFC 7292, appendix C), with 3DES. */
function pkcs12Scheme(iterations: string): string {
  const scheme = sequence(`060a2a864886f70d010c0103${sequence(`0408${"00".repeat(8)}0204${iterations}`)}`);
  const bytes = Buffer.from(sequence(`${scheme}0440${"00".repeat(64)}`), "hex");
  return wrapped({ label: "ENCRYPTED PRIVATE KEY", bytes });
}

describe("An encrypted PKCS#8 key", () => {
  const tooMuch = /its passphrase is hashed more than 10000000 times; take an undamaged copy/;

  test.each<[string, string]>([
    ["two billion iterations of PBKDF2", pkcs8With(pkcs8.pbkdf2("7fffffff"))],
    ["two billion iterations in the scheme of PKCS#12", pkcs12Scheme("7fffffff")],
    ["65,535 lanes of scrypt", pkcs8With(pkcs8.scrypt("0300ffff"))],
  ])("is refused at once with %s", async (_what, text) => {
    await expect(parsePrivateKey(text, "throw-away")).rejects.toThrow(tooMuch);
    expect(publicHalf(text, "throw-away")).toBeUndefined();
  });

  testWith("openssl", "is read with as many iterations as password managers ask for", async () => {
    const plain = run("openssl", ["genpkey", "-algorithm", "ed25519"]);
    const encrypt = ["pkcs8", "-topk8", "-iter", "600000", "-passout", "env:KEY_PASSPHRASE"];
    const text = inFile(`${plain}\n`, (path) => run("openssl", [...encrypt, "-in", path], "throw-away"));
    await expect(parsePrivateKey(text, "throw-away")).resolves.toHaveProperty("algorithm", "ed25519");
  });
});

describe("A text of a million characters that is no key is refused before the time is up", () => {
  test.each(["BEGIN ", "BEGIN A", "-----BEGIN PRIVATE KEY-----\n", " ssh-", "\n", "----"])(
    "%j again and again",
    async (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(() => parsePublicKey(text)).toThrow("Not a usable SSH public key: ");
      await expect(parsePrivateKey(text)).rejects.toThrow("Not a usable private key: ");
    },
  );
});
