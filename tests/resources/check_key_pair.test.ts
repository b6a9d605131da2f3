import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { shortRsaKey } from "../ssh/test_keys";
import { alice, rsa1024, threePrimes } from "./known_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const nameRule =
  "A key name has 1 to 255 letters, digits, dots, underscores and dashes, and starts with a letter or a digit";
const publicKey = alice.line;

const shown = (text: string) => `${JSON.stringify(text).slice(0, 77)}...`;

describe("The check of an SshKeyPair refuses", () => {
  test.each([
    ["a name with a slash", { name: "../x" }, `name: ${nameRule}, got "../x"`],
    ["a name that begins with a dash", { name: "-x" }, `name: ${nameRule}, got "-x"`],
    ["a name of 256 characters", { name: "a".repeat(256) }, /^name: A key name has 1 to 255 .*, got "a{76}\.\.\.$/],
    [
      "a public and a private key at once",
      { publicKey, privateKey: UNKNOWN },
      "publicKey: publicKey and privateKey are both given. Give one: the public half is derived from a private key.",
    ],
    [
      "a cut public key",
      { publicKey: publicKey.slice(0, 60) },
      /^publicKey: Not a usable SSH public key: .*copy the whole line/,
    ],
    [
      "a private RSA key of 2047 bits",
      { privateKey: shortRsaKey(2047).privateKey },
      /^privateKey: .*RSA with 2047 bits, and 2048 is the least; make a new key/,
    ],
    [
      "an RSA key of 1024 bits",
      { publicKey: rsa1024 },
      /^publicKey: .*RSA with 1024 bits, and 2048 is the least; make a new key/,
    ],
    [
      "a DSA key",
      { publicKey: "ssh-dss AAAAB3NzaC1kc3M= x" },
      /^publicKey: .*DSA is refused .*; make an ed25519 or RSA key/,
    ],
    [
      "options before the key",
      { publicKey: `no-pty ${publicKey}` },
      /^publicKey: .*it has options before the key type .*remove/,
    ],
    ["rsaBits for an ed25519 key", { rsaBits: 4096 }, "rsaBits: rsaBits: has no meaning for ed25519; leave it out."],
    [
      "an RSA key that is too small",
      { algorithm: "rsa", rsaBits: 1024 },
      "rsaBits: rsaBits: 1024 is not a multiple of 1024 from 2048 to 8192.",
    ],
    [
      "a curve for an RSA key",
      { algorithm: "rsa", ecdsaCurve: "P256" },
      /^ecdsaCurve: .*has no meaning for rsa; leave it out/,
    ],
    ["an unknown algorithm", { algorithm: "dsa" }, /^algorithm: .*"ed25519"\|"rsa"\|"ecdsa", got "dsa"$/],
    [
      "an algorithm for an imported key",
      { publicKey, algorithm: "rsa" },
      /^algorithm: .* but a key is imported. Remove it/,
    ],
    [
      "a comment of two lines",
      { comment: "a\nssh-rsa b" },
      'comment: A comment is one line without control characters, got "a\\nssh-rsa b"',
    ],
    ...[0x7f, 0x85, 0x9b, 0x2028, 0x2029].map((code): [string, { comment: string }, string] => {
      const comment = `alice${String.fromCodePoint(code)}${publicKey}`;
      const failure = `comment: A comment is one line without control characters, got ${shown(comment)}`;
      return [`a comment with U+${code.toString(16)}, at which some programs end a line`, { comment }, failure];
    }),
    [
      "a comment with blanks around it",
      { comment: " alice " },
      "comment: A comment has no spaces around it. Remove them.",
    ],
    [
      "a passphrase for a public key",
      { publicKey, passphrase: "p" },
      /^passphrase: .*only a public key is imported. Remove it/,
    ],
    ["a passphrase of two lines", { passphrase: "a\nb" }, /^passphrase: .*contains a newline/],
    ["an empty passphrase", { passphrase: "" }, "passphrase: A passphrase cannot be empty"],
    [
      "a private key with three primes",
      { privateKey: threePrimes },
      "privateKey: Not a usable private key: it is RSA with more than two primes, which OpenSSH's format cannot hold; make " +
        "a new key.",
    ],
    [
      "a private key of its connection that cannot be read",
      { connection: { privateKey: "hunter2" } },
      "connection.privateKey: Not a usable private key: it has no BEGIN ... PRIVATE KEY line.",
    ],
    ["adopt without a key to adopt", { adopt: true }, /^adopt: .*Give its publicKey or privateKey\.$/],
    [
      "a private key in the place of a host key, without repeating it",
      { connection: { hostKey: "-----BEGIN OPENSSH PRIVATE KEY-----" } },
      'connection.hostKey: This is not a host key: give "ssh-ed25519 AAAA..." as ssh-keyscan prints it, or "SHA256:...".',
    ],
    [
      "the key of an authority in the place of a host key",
      { connection: { hostKey: `@cert-authority * ${publicKey}` } },
      /^connection\.hostKey: This host key is marked @cert-authority: it signs host keys/,
    ],
    ["an onDelete that there is not", { onDelete: "forget" }, /^onDelete: .*"warn"\|"refuse"\|"revoke", got "forget"$/],
    [
      "an input that there is not",
      { nmae: "x" },
      'nmae: SshKeyPair has no input "nmae". Remove it or correct its name.',
    ],
  ])("%s, and registers nothing", async (_what, news, failure) => {
    const failures = await cloud.run().failures(SshKeyPair, news);
    expect(failures).toEqual([typeof failure === "string" ? failure : expect.stringMatching(failure)]);
    expect(cloud.changes()).toEqual([]);
  });

  test("a private key where the public one belongs, without repeating it", async () => {
    const { openssh } = await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }), {});
    const failures = await cloud.run().failures(SshKeyPair, { publicKey: openssh });
    expect(failures).toEqual([expect.stringMatching(/^publicKey: .*PRIVATE key; give the public half/)]);
    expect(failures.join()).not.toContain(openssh.split("\n")[1]);
  });

  test("a passphrase that does not open the private key, and a missing one", async () => {
    const key = await generatePrivateKey({ algorithm: "ed25519" });
    const { pem: privateKey } = await encodePrivateKey(key, { passphrase: "right" });
    const run = cloud.run();
    expect(await run.failures(SshKeyPair, { privateKey, passphrase: "wrong" })).toEqual([
      "passphrase: The passphrase does not open the private key (or the key's text is damaged).",
    ]);
    expect(await run.failures(SshKeyPair, { privateKey })).toEqual([
      "passphrase: The private key is encrypted and no passphrase was given; set passphrase.",
    ]);
  });

  test("a text that is no private key, without repeating it", async () => {
    const failures = await cloud.run().failures(SshKeyPair, { privateKey: "hunter2 hunter2" });
    expect(failures).toEqual([expect.stringMatching(/^privateKey: Not a usable private key/)]);
    expect(failures.join()).not.toContain("hunter2");
  });
});

test.each([
  ["a secret", { passphrase: "" }],
  ["an input that there is not, for it may be one", { privatekey: "x" }],
  ["a private key in the wrong place", { publicKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl" }],
  ["a private key as a name", { name: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl" }],
])("A failure about %s names no property, since Pulumi would print its value", async (_what, news) => {
  const { failures } = await cloud.run().check(SshKeyPair, news);
  expect(failures).toEqual([{ property: "", reason: expect.stringMatching(`^${Object.keys(news)[0]}: `) }]);
  expect(failures[0]?.reason).not.toContain("b3Bl");
});
