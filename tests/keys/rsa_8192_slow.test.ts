import { type EncodedPrivateKey, encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { type PrivateKey, parsePlainPrivateKey } from "../../provider/keys/private_key";
import { sameKey } from "../../provider/keys/public_key";
import { describeWithSshd, type OpensshServer, startSshd } from "../ssh/openssh_server";
import { printedToPlink, printedToSsh } from "./logins";
import { opensslPublic, puttygenPublic, sshKeygenFingerprint, sshKeygenPublic, testWith } from "./real_programs";

// Finding two primes of 4096 bits takes seconds on a fast machine and a minute on a busy one.
jest.setTimeout(240_000);

const passphrase = "throw-away";

let key: PrivateKey;
let plain: EncodedPrivateKey;
let encrypted: EncodedPrivateKey;
beforeAll(async () => {
  key = await generatePrivateKey({ algorithm: "rsa", rsaBits: 8192 });
  plain = await encodePrivateKey(key, { comment: "big" });
  encrypted = await encodePrivateKey(key, { comment: "big", passphrase });
});

describe("slow: the largest RSA key that is generated", () => {
  testWith("ssh-keygen", "is read by ssh-keygen, plain and encrypted, with its fingerprints", () => {
    const { openssh, fingerprintMd5, fingerprintSha256 } = key.publicKey("big");
    expect([sshKeygenPublic(plain.openssh), sshKeygenPublic(encrypted.openssh, passphrase)]).toEqual([
      openssh,
      openssh,
    ]);
    expect(sshKeygenFingerprint(openssh, "md5")).toBe(`MD5:${fingerprintMd5}`);
    expect(sshKeygenFingerprint(encrypted.openssh, "sha256")).toBe(fingerprintSha256);
  });

  testWith("openssl", "is read by OpenSSL, plain and encrypted", () => {
    const publicPem = key.publicKey().pem.trim();
    expect([opensslPublic(plain.pem), opensslPublic(encrypted.pem, passphrase)]).toEqual([publicPem, publicPem]);
  });

  testWith("puttygen", "is read by puttygen in PuTTY's own format", () => {
    expect(puttygenPublic(plain.putty ?? "")).toBe(key.publicKey("big").openssh);
  });

  test("is read by the provider", () => {
    expect(sameKey(parsePlainPrivateKey(plain.pem).publicKey(), key.publicKey())).toBe(true);
  });
});

describeWithSshd("slow: the largest RSA key that is generated opens a real OpenSSH sshd", () => {
  let sshd: OpensshServer;
  beforeAll(async () => {
    sshd = await startSshd();
    sshd.authorize(key.publicKey().openssh);
  });
  afterAll(() => sshd.close());

  const server = () => ({ target: sshd.target, hostKey: sshd.hostKey("ed25519") });

  testWith("ssh", "to ssh, in both formats and encrypted", () => {
    const texts: [string, string | undefined][] = [
      [plain.openssh, undefined],
      [plain.pem, undefined],
      [encrypted.openssh, passphrase],
    ];
    expect(texts.map(([text, secret]) => printedToSsh(server(), text, secret))).toEqual(["in", "in", "in"]);
  });

  testWith("plink", "to PuTTY's plink", () => {
    expect(printedToPlink(server(), plain.putty ?? "")).toBe("in");
  });
});
