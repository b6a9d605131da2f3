import { inspect } from "node:util";
import { UnsupportedKeyError, WrongPassphraseError } from "../../provider/errors";
import type { KeyOptions } from "../../provider/keys/algorithm";
import { type EncodedPrivateKey, encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { type PrivateKey, parsePlainPrivateKey, parsePrivateKey } from "../../provider/keys/private_key";
import { inFile, puttygenPublic, run, sshKeygenPublic, testWith } from "./real_programs";
import { encodedSample, kindNames, sampleKey } from "./sample_keys";

// RSA-4096 takes seconds on a busy machine.
jest.setTimeout(240_000);

const passphrases = [undefined, "correct hörse $battery"];

describe.each(passphrases)("with passphrase %j", (passphrase) => {
  testWith("openssl", "the RSA numbers of the OpenSSH format pass OpenSSL's own check", async () => {
    const { openssh } = await encodedSample("RSA-2048", passphrase);
    const { pem } = await encodePrivateKey(await parsePrivateKey(openssh, passphrase));
    expect(inFile(pem, (path) => run("openssl", ["rsa", "-check", "-noout", "-in", path]))).toBe("RSA key ok");
  });
});

describe("with a passphrase", () => {
  test("the OpenSSH format is encrypted with AES-256 in counter mode", async () => {
    const { openssh } = await encodePrivateKey(await sampleKey("ed25519"), { passphrase: "secret" });
    expect(Buffer.from(openssh.split("\n")[1] ?? "", "base64").toString("latin1")).toContain(
      "aes256-ctr\0\0\0\x06bcrypt",
    );
  });

  test("no output opens without it or with another one", async () => {
    const outputs = await encodePrivateKey(await sampleKey("ECDSA-P256"), { passphrase: "secret" });
    for (const text of Object.values(outputs)) {
      await expect(parsePrivateKey(text)).rejects.toThrow(WrongPassphraseError);
      await expect(parsePrivateKey(text, "Secret")).rejects.toThrow(WrongPassphraseError);
    }
  });

  test("there is no PuTTY output, because its version 2 protects little", async () => {
    expect(await encodePrivateKey(await sampleKey("RSA-2048"), { passphrase: "secret" })).not.toHaveProperty("putty");
  });

  test.each([
    ["", "passphrase: is empty; leave it out for keys without encryption."],
    ["from a file\n", "passphrase: contains a newline or another character that no prompt accepts."],
    ["é".repeat(512), "passphrase: is longer than the 1023 bytes that OpenSSL reads."],
  ])("%j is refused", async (passphrase, message) => {
    const encoded = encodePrivateKey(await sampleKey("ed25519"), { passphrase });
    await expect(encoded).rejects.toThrow(new UnsupportedKeyError(message));
  });

  test("the longest one that is accepted opens the key again", async () => {
    const { pem } = await encodePrivateKey(await sampleKey("ed25519"), { passphrase: "x".repeat(1023) });
    expect((await parsePrivateKey(pem, "x".repeat(1023))).algorithm).toBe("ed25519");
  });
});

describe("the PuTTY format", () => {
  test("has question marks where its comment is not ASCII", async () => {
    const { putty } = await encodePrivateKey(await sampleKey("RSA-2048"), { comment: "Jürg 🔑" });
    expect(putty).toContain("\r\nComment: J?rg ?\r\n");
  });

  testWith("puttygen", "is read by puttygen when the comment is not ASCII", async () => {
    const { putty = "" } = await encodePrivateKey(await sampleKey("RSA-2048"), { comment: "Jürg 🔑" });
    expect(puttygenPublic(putty)).toMatch(/ J\?rg \?$/);
  });
});

describe("a comment", () => {
  test.each([
    ["a\nssh-ed25519 AAAA", "a ssh-ed25519 AAAA"],
    ["a\r\n\tb\0", "a b"],
    ["\u001b[31mred\u2028line\u0085end", "[31mred line end"],
    ["  plain  ", "plain"],
    ["\n", ""],
  ])("%j is written as %j", async (comment, written) => {
    const { openssh } = await encodePrivateKey(await sampleKey("ed25519"), { comment });
    expect((await parsePrivateKey(openssh)).comment).toBe(written);
  });

  test("with line breaks never makes a second line of the public key", async () => {
    const { openssh } = (await sampleKey("ed25519")).publicKey("a\nssh-ed25519 AAAA");
    expect(openssh.split("\n")).toHaveLength(1);
  });

  test("of an imported key is kept unless another one is given", async () => {
    const { openssh } = await encodePrivateKey(await sampleKey("ed25519"), { comment: "mine" });
    const imported = parsePlainPrivateKey(openssh);
    expect(parsePlainPrivateKey((await encodePrivateKey(imported)).openssh).comment).toBe("mine");
    expect(parsePlainPrivateKey((await encodePrivateKey(imported, { comment: "yours" })).openssh).comment).toBe(
      "yours",
    );
  });
});

describe("a private key in memory", () => {
  test.each(kindNames)("of kind %s shows nothing but its fingerprint", async (kind) => {
    const key = await sampleKey(kind);
    const { d = "" } = key.material.export({ format: "jwk" });
    const shown = [`${key}`, JSON.stringify({ key }), inspect(key, { depth: null, showHidden: true })].join();
    expect(shown).toContain(key.publicKey().fingerprintSha256);
    expect(shown).not.toContain(d.slice(0, 16));
    expect(shown).not.toContain(Buffer.from(d, "base64url").toString("hex").slice(0, 16));
  });
});

/** A key whose private number starts with a zero byte: one of 256 keys. */
async function keyWithLeadingZero(options: KeyOptions): Promise<PrivateKey> {
  for (;;) {
    const key = await generatePrivateKey(options);
    if (privateNumber(key)[0] === 0) return key;
  }
}

const privateNumber = (key: PrivateKey) => Buffer.from(key.material.export({ format: "jwk" }).d ?? "", "base64url");

describe.each<[kind: string, options: KeyOptions, bytes: number]>([
  ["ed25519", { algorithm: "ed25519" }, 32],
  ["ECDSA-P256", { algorithm: "ecdsa", ecdsaCurve: "P256" }, 32],
])("a key of kind %s whose private number has a leading zero", (_kind, options, bytes) => {
  let key: PrivateKey;
  let texts: EncodedPrivateKey;
  beforeAll(async () => {
    key = await keyWithLeadingZero(options);
    texts = await encodePrivateKey(key, { comment: "alice@example" });
  });

  test("keeps it in the formats that the provider reads", () => {
    const read = [texts.openssh, texts.pem].map((text) => privateNumber(parsePlainPrivateKey(text)));
    expect(read).toEqual([privateNumber(key), privateNumber(key)]);
    expect([privateNumber(key)[0], privateNumber(key).length]).toEqual([0, bytes]);
  });

  testWith("ssh-keygen", "is read by ssh-keygen", () => {
    expect(sshKeygenPublic(texts.openssh)).toBe(key.publicKey("alice@example").openssh);
  });

  testWith("puttygen", "is read by puttygen in PuTTY's format", () => {
    expect(puttygenPublic(texts.putty ?? "")).toBe(key.publicKey("alice@example").openssh);
  });
});
