import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { InvalidPublicKeyError } from "../../provider/errors";
import { type PublicKey, parsePublicKey, sameKey } from "../../provider/keys/public_key";
import { uncertainKeys } from "../resources/known_keys";
import { lineOf, wire } from "./blobs";
import { opensslPublic, sshKeygenFingerprint, testWith } from "./real_programs";

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO1HTYcVBSoKvd5++93CQQM5z5MJ2CLxGt0X+ac7Mlyc";
const rsa = rsaNumbers(2048);

function rsaNumbers(bits: number): { e: Buffer; n: Buffer } {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const { e = "", n = "" } = publicKey.export({ format: "jwk" });
  return { e: Buffer.from(e, "base64url"), n: Buffer.concat([Buffer.alloc(1), Buffer.from(n, "base64url")]) };
}

function rsaLine(e: Buffer, n: Buffer, comment?: string): string {
  return lineOf("ssh-rsa", wire("ssh-rsa", e, n), comment);
}

function ecdsaLine(point: Buffer): string {
  return lineOf("ecdsa-sha2-nistp256", wire("ecdsa-sha2-nistp256", "nistp256", point));
}

function pointOf(publicKey: KeyObject): { x: Buffer; y: Buffer } {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  return { x: Buffer.from(x, "base64url"), y: Buffer.from(y, "base64url") };
}

describe("a public key line", () => {
  test("is given in every form that is needed", () => {
    expect(parsePublicKey(`${ed25519} alice@example`)).toEqual({
      algorithm: "ed25519",
      sshType: "ssh-ed25519",
      blob: Buffer.from(ed25519.slice(12), "base64"),
      comment: "alice@example",
      openssh: `${ed25519} alice@example`,
      pem: "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA7UdNhxUFKgq93n773cJBAznPkwnYIvEa3Rf5pzsyXJw=\n-----END PUBLIC KEY-----\n",
      fingerprintMd5: "38:31:42:94:ba:2c:17:6b:ea:ff:79:a6:b2:0c:ee:d5",
      fingerprintSha256: "SHA256:y3vMDWSe9BJD/a0i0HQnk0xxaAkO4k2DR8E7Sp08DgQ",
    });
  });

  test.each([
    ["ed25519-sk", uncertainKeys.securityKey],
    ["ecdsa-sk", uncertainKeys.ecdsaSecurityKey],
  ])("may be of a security key, which has no PEM form: %s", (algorithm, { line, md5, sha256 }) => {
    expect(parsePublicKey(line)).toMatchObject({
      algorithm,
      openssh: line,
      comment: "sk",
      pem: "",
      fingerprintMd5: md5,
      fingerprintSha256: sha256,
    });
  });

  test.each([
    ["a final newline", `${ed25519} alice\n`],
    ["a final CRLF", `${ed25519} alice\r\n`],
    ["blank lines and spaces around it", `\n\n  ${ed25519} alice \t\n\r\n`],
    ["several spaces and tabs between its words", ed25519.replace(" ", " \t  ").concat("  \talice")],
    ["a byte order mark before it", `\uFEFF${ed25519} alice`],
    ["a comment line before it", `# alice's laptop\n${ed25519} alice\n`],
    ["an indented comment line with a key behind it", `${ed25519} alice\n  # ${ed25519} old\n`],
  ])("is normalised to one line when there is %s", (_, text) => {
    expect(parsePublicKey(text).openssh).toBe(`${ed25519} alice`);
  });

  test.each(["", "two words", "#1 \"quoted\" 'key'", "ssh-rsa AAAA", "Jürg 🔑 ключ", "=====", "-----"])(
    "may have the comment %j",
    (comment) => {
      expect(parsePublicKey(`${ed25519} ${comment}`).comment).toBe(comment);
    },
  );

  testWith("ssh-keygen", "may have tabs in its comment, and comment lines around it, as ssh-keygen reads them", () => {
    const text = `# alice's laptop\n${ed25519} alice\tlaptop\n#end\n`;
    expect(parsePublicKey(text).openssh).toBe(`${ed25519} alice laptop`);
    expect(parsePublicKey(text).fingerprintSha256).toBe(sshKeygenFingerprint(text, "sha256"));
  });

  test("has the size of its modulus when it is RSA", () => {
    expect(parsePublicKey(rsaLine(rsa.e, rsa.n))).toMatchObject({ algorithm: "rsa", rsaBits: 2048 });
  });

  test.each([
    ["P256", "prime256v1", "nistp256"],
    ["P384", "secp384r1", "nistp384"],
    ["P521", "secp521r1", "nistp521"],
  ])("has the curve %s when it is ECDSA on it", (ecdsaCurve, namedCurve, sshName) => {
    const { x, y } = pointOf(generateKeyPairSync("ec", { namedCurve }).publicKey);
    const blob = wire(`ecdsa-sha2-${sshName}`, sshName, Buffer.concat([Buffer.from([4]), x, y]));
    expect(parsePublicKey(lineOf(`ecdsa-sha2-${sshName}`, blob))).toMatchObject({ algorithm: "ecdsa", ecdsaCurve });
  });
});

describe("fingerprints", () => {
  testWith("ssh-keygen", "are the ones that ssh-keygen prints, MD5 in the 47 characters of Exoscale", () => {
    const key = parsePublicKey(rsaLine(rsa.e, rsa.n));
    expect(key.fingerprintMd5).toHaveLength(47);
    expect(`MD5:${key.fingerprintMd5}`).toBe(sshKeygenFingerprint(key.openssh, "md5"));
    expect(key.fingerprintSha256).toBe(sshKeygenFingerprint(key.openssh, "sha256"));
  });

  testWith("ssh-keygen", "of an RSA key do not depend on how its integers were padded", () => {
    const padded = rsaLine(Buffer.concat([Buffer.alloc(2), rsa.e]), rsa.n);
    expect(parsePublicKey(padded).fingerprintSha256).toBe(sshKeygenFingerprint(padded, "sha256"));
  });
});

describe("sameKey", () => {
  const key = parsePublicKey(rsaLine(rsa.e, rsa.n, "one"));

  test.each<[string, () => PublicKey]>([
    ["another comment", () => parsePublicKey(rsaLine(rsa.e, rsa.n, "another one"))],
    ["a newline", () => parsePublicKey(`${rsaLine(rsa.e, rsa.n)}\r\n`)],
    ["a padded exponent", () => parsePublicKey(rsaLine(Buffer.concat([Buffer.alloc(3), rsa.e]), rsa.n))],
    ["a padded modulus", () => parsePublicKey(rsaLine(rsa.e, Buffer.concat([Buffer.alloc(1), rsa.n])))],
  ])("is true for the same key with %s", (_, other) => {
    expect(sameKey(key, other())).toBe(true);
  });

  test("is false for another modulus under the same comment", () => {
    const other = rsaNumbers(2048);
    expect(sameKey(key, parsePublicKey(rsaLine(other.e, other.n, "one")))).toBe(false);
  });

  test("is false for Ed25519 keys that differ in one bit", () => {
    const blob = Buffer.from(ed25519.slice(12), "base64");
    blob[50] = (blob[50] ?? 0) ^ 1;
    expect(sameKey(parsePublicKey(ed25519), parsePublicKey(lineOf("ssh-ed25519", blob)))).toBe(false);
  });
});

describe("a text that is not a usable public key", () => {
  const blob = Buffer.from(ed25519.slice(12), "base64");
  const small = rsaNumbers(1024);
  const { x, y } = pointOf(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey);
  const copy = "copy the whole line";
  const whole = "give the whole line, type, base64 and comment";
  const start = 'it does not start with a key type; give one line such as "ssh-ed25519 AAAA... comment"';
  const options = "it has options before the key type (from=, command= and the like); remove the options";
  const privateKey = "it is a PRIVATE key; give the public half (the .pub file), or use the privateKey input";
  const noSuch = (type: string) => `its numbers do not form an ${type} key; copy the whole line again`;
  const certificate =
    "it is a certificate; give the public key that was certified (the .pub file without -cert in its name)";
  const pem = "it is a PEM public key; convert it with";

  test.each<[string, string, string]>([
    ["nothing", "", 'it is empty; give one line such as "ssh-ed25519 AAAA... comment"'],
    ["only white space", " \n\t\r\n", 'it is empty; give one line such as "ssh-ed25519 AAAA... comment"'],
    ["a word", "hello", start],
    ["an unknown type", "ssh-ed448 AAAACXNzaC1lZDQ0OA== x", start],
    ["a type in another letter case", ed25519.replace("ssh-", "SSH-"), start],
    ["a path", "~/.ssh/id_ed25519.pub", "it looks like the path of a file; give the content of that file"],
    ["a type alone", "ssh-ed25519", `only its type is there; ${whole}`],
    ["base64 alone", ed25519.slice(12), `its type is missing; ${whole}`],
    ["base64 with a foreign letter", `${ed25519.slice(0, -1)}!`, `its base64 is malformed or cut off; ${copy}`],
    ["base64 without its last letter", ed25519.slice(0, -1), `its base64 is malformed or cut off; ${copy}`],
    ["base64 without its last group", ed25519.slice(0, -4), `its base64 is cut off; ${copy}`],
    ["base64 with stray bits", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AB==", `its base64 is malformed or cut off; ${copy}`],
    ["no blob at all", "ssh-ed25519 AAAA", `its base64 is cut off; ${copy}`],
    ["a field that claims 4 GB", lineOf("ssh-ed25519", Buffer.alloc(8, 255)), `its base64 is cut off; ${copy}`],
    [
      "bytes after the key",
      lineOf("ssh-ed25519", Buffer.concat([blob, Buffer.from("x")])),
      "bytes follow the key in its base64; copy the line again",
    ],
    [
      "a private blob with a public type",
      lineOf("ssh-ed25519", Buffer.concat([blob, wire(Buffer.alloc(64))])),
      "bytes follow the key in its base64; copy the line again",
    ],
    [
      "the type of another key",
      `ssh-rsa ${ed25519.slice(12)}`,
      `the line says ssh-rsa but its base64 holds a key of another type; ${copy}`,
    ],
    [
      "an Ed25519 key of 31 bytes",
      lineOf("ssh-ed25519", wire("ssh-ed25519", Buffer.alloc(31, 7))),
      `its numbers do not form an ssh-ed25519 key; ${copy} again`,
    ],
    ["a negative modulus", rsaLine(rsa.e, rsa.n.subarray(1)), `its numbers do not form an ssh-rsa key; ${copy} again`],
    ["an empty modulus", rsaLine(rsa.e, Buffer.alloc(0)), `its numbers do not form an ssh-rsa key; ${copy} again`],
    [
      "RSA with 1024 bits",
      rsaLine(small.e, small.n),
      "it is RSA with 1024 bits, and 2048 is the least; make a new key",
    ],
    [
      "RSA with 16392 bits",
      rsaLine(rsa.e, Buffer.alloc(2049, 127)),
      "it is RSA with 16391 bits, and OpenSSH takes 16384 at most; make a new key",
    ],
    ["an RSA exponent of 1", rsaLine(Buffer.from([1]), rsa.n), "its RSA exponent is unsafe; make a new key"],
    ["an even RSA exponent", rsaLine(Buffer.from([4]), rsa.n), "its RSA exponent is unsafe; make a new key"],
    [
      "a point off the curve",
      ecdsaLine(Buffer.concat([Buffer.from([4]), x, x])),
      `its numbers do not form an ecdsa-sha2-nistp256 key; ${copy} again`,
    ],
    [
      "a compressed point",
      ecdsaLine(Buffer.concat([Buffer.from([2 + ((y[31] ?? 0) & 1)]), x])),
      `its numbers do not form an ecdsa-sha2-nistp256 key; ${copy} again`,
    ],
    ["two keys", `${ed25519} a\n${ed25519} b\n`, "it has 2 lines; give exactly one key on one line"],
    ["a key over two lines", ed25519.replace("IO1", "IO\n1"), "it has 2 lines; give exactly one key on one line"],
    ["options", `from="10.0.0.0/8",no-pty ${ed25519}`, options],
    ["options with spaces", `command="echo hi" ${ed25519}`, options],
    ["an escape sequence", `${ed25519} \u001b[2J`, "it contains control characters; remove them"],
    ["a NUL", `${ed25519} a\0b`, "it contains control characters; remove them"],
    ["a comment line alone", `# ${ed25519} a`, "all of its lines are comments (#); give one line with a key"],
    ["a vertical tab in the base64", ed25519.replace("IO1", "IO\v1"), "it contains control characters; remove them"],
    ["a no-break space from a web page", ed25519.replace(" ", "\u00a0"), start],
    ["a line separator", `${ed25519} a\u2028ssh-rsa`, "it contains control characters; remove them"],
    ["a next-line character", `${ed25519} a\u0085ssh-rsa`, "it contains control characters; remove them"],
    ["a DSA key", "ssh-dss AAAAB3NzaC1kc3M= x", "DSA is refused by every current OpenSSH; make an ed25519 or RSA key"],
    ["an Ed25519 certificate", "ssh-ed25519-cert-v01@openssh.com AAAAIHNz x", certificate],
    ["a security key's certificate", "sk-ssh-ed25519-cert-v01@openssh.com AAAAI3Nr x", certificate],
    ["a security key that is cut off", "sk-ssh-ed25519@openssh.com AAAAGnNr x", noSuch("sk-ssh-ed25519@openssh.com")],
    [
      "a plain key with the type of a security key",
      ed25519.replace("ssh-", "sk-ssh-").replace(" ", "@openssh.com "),
      noSuch("sk-ssh-ed25519@openssh.com"),
    ],
    [
      "an ECDSA security key whose point is not on the curve",
      lineOf(
        "sk-ecdsa-sha2-nistp256@openssh.com",
        wire("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", Buffer.concat([Buffer.from([4]), y, x]), "ssh:"),
      ),
      noSuch("ecdsa-sha2-nistp256"),
    ],
    [
      "a signature algorithm as the type",
      `rsa-sha2-512 ${rsaLine(rsa.e, rsa.n).slice(8)}`,
      "rsa-sha2-256 and rsa-sha2-512 name signatures, not keys; write ssh-rsa as the type",
    ],
    ["an OpenSSH private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n", privateKey],
    ["an indented PKCS#8 private key", "  -----BEGIN PRIVATE KEY-----\n  MC4CAQ==\n", privateKey],
    ["a PuTTY private key", "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n", privateKey],
    ["a PEM public key", "-----BEGIN PUBLIC KEY-----\nMCow\n", `${pem} \`ssh-keygen -i -m PKCS8 -f FILE\``],
    ["a PKCS#1 public key", "-----BEGIN RSA PUBLIC KEY-----\nMIIB\n", `${pem} \`ssh-keygen -i -m PEM -f FILE\``],
    [
      "an RFC 4716 public key",
      "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n",
      "it is in RFC 4716 format; convert it with `ssh-keygen -i -f FILE`",
    ],
  ])("is refused with the reason: %s", (_, text, reason) => {
    expect(() => parsePublicKey(text)).toThrow(new InvalidPublicKeyError(`Not a usable SSH public key: ${reason}.`));
  });

  test("is an error with a stable code", () => {
    expect(() => parsePublicKey("")).toThrow(expect.objectContaining({ code: "KEY_PUBLIC_INVALID" }));
  });

  test("is never repeated in the message, because it may be a private key", () => {
    const text = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";
    expect(() => parsePublicKey(text)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("c2Vj") }),
    );
  });
});

testWith("openssl", "the PEM of a public key is the one that OpenSSL derives from the private key", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
  const { x, y } = pointOf(publicKey);
  const blob = wire("ecdsa-sha2-nistp384", "nistp384", Buffer.concat([Buffer.from([4]), x, y]));
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(parsePublicKey(lineOf("ecdsa-sha2-nistp384", blob)).pem.trim()).toBe(opensslPublic(pem));
});
