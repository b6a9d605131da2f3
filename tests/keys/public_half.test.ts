import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodePrivateKey } from "../../provider/keys/encode";
import { publicHalf } from "../../provider/keys/public_half";
import { opensshContainer, wire } from "./blobs";
import { inDirectory, run, testWith } from "./real_programs";
import { encodedSample, kindNames, sampleKey } from "./sample_keys";

describe("The public half of a private key file is found", () => {
  test.each(kindNames)("in OpenSSH's format of %s, but without its comment", async (kind) => {
    const key = await sampleKey(kind);
    expect(publicHalf((await encodedSample(kind)).openssh)).toEqual(key.publicKey(""));
  });

  test("in OpenSSH's format without the passphrase, even if the secret part is damaged", async () => {
    const key = await sampleKey("ed25519");
    const { openssh } = await encodePrivateKey(key, { passphrase: "unknown" });
    const damaged = opensshContainer(key.publicKey().blob, { cipher: "aes256-ctr", kdf: "bcrypt" });
    expect(publicHalf(openssh)?.fingerprintSha256).toBe(key.publicKey().fingerprintSha256);
    expect(publicHalf(damaged)?.fingerprintSha256).toBe(key.publicKey().fingerprintSha256);
  });

  testWith("ssh-keygen", "even if the provider does not support the cipher", () => {
    inDirectory((folder) => {
      const path = join(folder, "key");
      run("ssh-keygen", ["-q", "-t", "ed25519", "-Z", "chacha20-poly1305@openssh.com", "-N", "some words", "-f", path]);
      const [, base64] = readFileSync(`${path}.pub`, "utf8").split(" ");
      expect(publicHalf(readFileSync(path, "utf8"))?.blob.toString("base64")).toBe(base64);
    });
  });

  test("in plain PKCS#8, which Windows and OpenSSL users have", async () => {
    const key = await sampleKey("ECDSA-P384");
    expect(publicHalf((await encodedSample("ECDSA-P384")).pem)).toEqual(key.publicKey(""));
  });
});

test.each<[string, () => Promise<string> | string]>([
  ["encrypted PKCS#8", async () => (await encodePrivateKey(await sampleKey("ed25519"), { passphrase: "unknown" })).pem],
  ["a public key line", async () => (await sampleKey("ed25519")).publicKey("x").openssh],
  ["a certificate's key", () => opensshContainer(wire("ssh-ed25519-cert-v01@openssh.com", "x"))],
  ["notes", () => "buy milk\n"],
  ["nothing", () => ""],
])("No public half is found in %s", async (_what, text) => {
  expect(publicHalf(await text())).toBeUndefined();
});
