import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidPrivateKeyError, WrongPassphraseError } from "../../provider/errors";
import { parsePrivateKey } from "../../provider/keys/private_key";
import { parsePublicKey, sameKey } from "../../provider/keys/public_key";
import { opensshContainer, wire } from "./blobs";
import { hasLegacyOpenssl, inDirectory, run, testWith } from "./real_programs";
import { encodedSample } from "./sample_keys";

// Protects keys that live for one test.
const passphrase = "throw-away";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "keys-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The text of a new key file. */
function make(program: "ssh-keygen" | "openssl", ...args: readonly string[]): string {
  return inDirectory((here) => {
    const path = join(here, "key");
    run(program, [...args, program === "openssl" ? "-out" : "-f", path]);
    return readFileSync(path, "utf8");
  });
}

describe("a key of ssh-keygen", () => {
  const types = {
    ed25519: ["ed25519"],
    rsa: ["rsa", "-b", "2048"],
    p256: ["ecdsa", "-b", "256"],
    p384: ["ecdsa", "-b", "384"],
    p521: ["ecdsa", "-b", "521"],
  };

  for (const [name, type] of Object.entries(types)) {
    for (const format of ["RFC4716", "PEM", "PKCS8"]) {
      for (const secret of ["", passphrase]) {
        testWith("ssh-keygen", `${name} in format ${format} with passphrase "${secret}" is read`, async () => {
          const path = join(directory, `${name}-${format}-${secret}`);
          run("ssh-keygen", ["-q", "-t", ...type, "-m", format, "-N", secret, "-C", "bob", "-f", path]);
          const key = await parsePrivateKey(readFileSync(path, "utf8"), secret);
          expect(sameKey(key.publicKey(), parsePublicKey(readFileSync(`${path}.pub`, "utf8")))).toBe(true);
        });
      }
    }
  }

  for (const cipher of ["aes128-cbc", "aes192-ctr", "aes256-cbc", "aes256-ctr"]) {
    testWith("ssh-keygen", `encrypted with ${cipher} is read`, async () => {
      const text = make("ssh-keygen", "-q", "-t", "ed25519", "-Z", cipher, "-N", passphrase, "-C", "bob@example");
      expect((await parsePrivateKey(text, passphrase)).comment).toBe("bob@example");
    });
  }

  for (const cipher of ["aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]) {
    testWith("ssh-keygen", `encrypted with ${cipher} is refused with the way to change it`, async () => {
      const text = make("ssh-keygen", "-q", "-t", "ed25519", "-Z", cipher, "-N", passphrase);
      const reason = "it is encrypted with a cipher that is not supported";
      const remedy = "change it with `ssh-keygen -p -Z aes256-ctr -f FILE`";
      await expect(parsePrivateKey(text, passphrase)).rejects.toThrow(
        `Not a usable private key: ${reason}; ${remedy}.`,
      );
    });
  }
});

describe("a key of OpenSSL", () => {
  const files = new Map<string, string>();

  function opensslKey(kind: "ed25519" | "rsa" | "ec", ...conversion: readonly string[]): [string, string] {
    const options = {
      ed25519: [],
      rsa: ["-pkeyopt", "rsa_keygen_bits:2048"],
      ec: ["-pkeyopt", "ec_paramgen_curve:P-256"],
    };
    const plain = files.get(kind) ?? make("openssl", "genpkey", "-algorithm", kind, ...options[kind]);
    files.set(kind, plain);
    return inDirectory((here) => {
      const [from, to] = [join(here, "from"), join(here, "to")];
      writeFileSync(from, plain, { mode: 0o600 });
      const [command = "pkey", ...rest] = conversion;
      run("openssl", [command, ...rest, "-in", from, "-out", to], passphrase);
      return [readFileSync(to, "utf8"), run("openssl", ["pkey", "-pubout", "-in", from])];
    });
  }

  const out = ["-passout", "env:KEY_PASSPHRASE"];
  const conversions: [string, "ed25519" | "rsa" | "ec", string[]][] = [
    ["PKCS#8", "ed25519", ["pkey"]],
    ["PKCS#8", "rsa", ["pkey"]],
    ["PKCS#8", "ec", ["pkey"]],
    ["PKCS#8 encrypted by AES", "ed25519", ["pkcs8", "-topk8", "-v2", "aes-256-cbc", ...out]],
    ["PKCS#8 encrypted by 3DES", "rsa", ["pkcs8", "-topk8", "-v2", "des3", ...out]],
    ["PKCS#8 encrypted by 3DES as in PKCS#5 version 1", "rsa", ["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", ...out]],
    ["PKCS#8 encrypted with scrypt", "ec", ["pkcs8", "-topk8", "-scrypt", ...out]],
    ["PKCS#1", "rsa", ["rsa", "-traditional"]],
    ["PKCS#1 encrypted by AES", "rsa", ["rsa", "-traditional", "-aes256", ...out]],
    ["PKCS#1 encrypted by 3DES", "rsa", ["rsa", "-traditional", "-des3", ...out]],
    ["SEC1", "ec", ["ec"]],
    ["SEC1 with a compressed point", "ec", ["ec", "-conv_form", "compressed"]],
    ["PKCS#8 without its public half", "ec", ["ec", "-no_public"]],
    ["SEC1 encrypted by AES", "ec", ["ec", "-aes128", ...out]],
  ];
  for (const [name, kind, conversion] of conversions) {
    testWith("openssl", `of kind ${kind} as ${name} is read`, async () => {
      const [text, publicPem] = opensslKey(kind, ...conversion);
      expect((await parsePrivateKey(text, passphrase)).publicKey().pem.trim()).toBe(publicPem);
    });
  }

  testWith("openssl", "with three primes is refused, because OpenSSH's format cannot hold it", async () => {
    const text = make("openssl", "genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_primes:3");
    const reason = "it is RSA with more than two primes, which OpenSSH's format cannot hold; make a new key";
    await expect(parsePrivateKey(text)).rejects.toThrow(`Not a usable private key: ${reason}.`);
  });

  testWith("openssl", "as SEC1 after a block of curve parameters is read", async () => {
    const text = make("openssl", "ecparam", "-name", "secp384r1", "-genkey");
    expect(text).toContain("-----BEGIN EC PARAMETERS-----");
    expect((await parsePrivateKey(text)).ecdsaCurve).toBe("P384");
  });

  const legacy = ["-provider", "legacy", "-provider", "default"];
  const testWithLegacy = hasLegacyOpenssl() ? test : test.skip;
  const reason = hasLegacyOpenssl() ? "" : " (skipped: openssl has no legacy provider here)";

  testWithLegacy(`as PKCS#1 encrypted by single DES is read${reason}`, async () => {
    const [text, publicPem] = opensslKey("rsa", "rsa", "-traditional", "-des", ...legacy, ...out);
    expect((await parsePrivateKey(text, passphrase)).publicKey().pem.trim()).toBe(publicPem);
    await expect(parsePrivateKey(text, "wrong")).rejects.toThrow(WrongPassphraseError);
  });

  testWithLegacy(`encrypted by a cipher that no library supports is refused${reason}`, async () => {
    const [text] = opensslKey("ec", "ec", "-des", ...legacy, ...out);
    await expect(parsePrivateKey(text, passphrase)).rejects.toThrow(/encrypted with a cipher that is not supported/);
  });
});

describe("the passphrase", () => {
  const missing = "The private key is encrypted and no passphrase was given; set passphrase.";
  const wrong = "The passphrase does not open the private key (or the key's text is damaged).";

  test.each(["openssh", "pem"] as const)("of an encrypted %s is required", async (format) => {
    const text = (await encodedSample("ed25519", passphrase))[format];
    await expect(parsePrivateKey(text)).rejects.toThrow(new WrongPassphraseError(missing));
    await expect(parsePrivateKey(text, "")).rejects.toThrow(new WrongPassphraseError(missing));
  });

  test.each(["openssh", "pem"] as const)("of an encrypted %s is refused when it is wrong", async (format) => {
    const text = (await encodedSample("ed25519", passphrase))[format];
    await expect(parsePrivateKey(text, "other")).rejects.toThrow(new WrongPassphraseError(wrong));
  });

  test("is ignored for a key that is not encrypted", async () => {
    const { openssh } = await encodedSample("ed25519");
    expect((await parsePrivateKey(openssh, "any")).algorithm).toBe("ed25519");
  });
});

describe("the text", () => {
  test("may be indented, have CRLF line ends and be surrounded by words", async () => {
    const { openssh } = await encodedSample("ed25519");
    const text = `my key:\r\n${openssh.replaceAll("\n", "\r\n").replace(/^/gm, "    ")}thanks`;
    expect((await parsePrivateKey(text)).comment).toBe("alice@example");
  });

  test.each(["RSA-2048", "ECDSA-P521", "ed25519"] as const)("of a %s key gives the key's own comment", async (kind) => {
    expect((await parsePrivateKey((await encodedSample(kind)).openssh)).comment).toBe("alice@example");
  });

  test("is never part of the error message", async () => {
    const { openssh } = await encodedSample("ed25519", passphrase);
    const message = await messageOf(parsePrivateKey(openssh.replace("b3BlbnNzaC1rZXktdjE", "b3BlbnNzaC1rZXktdjI")));
    for (const line of openssh.split("\n").slice(1, -2)) expect(message).not.toContain(line.slice(0, 12));
  });
});

describe("a text that is not a usable private key", () => {
  const pkcs8 = ({ privateKey }: { privateKey: KeyObject }) =>
    privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const jwk = (bits: number) =>
    generateKeyPairSync("rsa", { modulusLength: bits }).privateKey.export({ format: "jwk" });
  const rsa = jwk(2048);
  const plainEd25519 = pkcs8(generateKeyPairSync("ed25519"));
  const halves = "its private and public halves do not belong together; take an undamaged copy";
  const damaged = "its content is damaged or cut off";
  const publicKey = "it is a public key; give the private half, or use the publicKey input";
  const puttygen = "convert it with `puttygen FILE -O private-openssh-new -o NEWFILE`";
  const sk =
    "it belongs to a security key (FIDO, sk-): its secret never leaves the token, so it cannot log in from here; use another key";
  const ed25519Blob = wire("ssh-ed25519", Buffer.alloc(32, 7));

  test.each<[string, string, string]>([
    ["nothing", "\n", "it is empty"],
    ["words", "hello", "it has no BEGIN ... PRIVATE KEY line"],
    ["a public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 x", publicKey],
    ["a PEM public key", "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n", publicKey],
    ["a PuTTY key", "PuTTY-User-Key-File-3: ssh-ed25519\r\n", `it is in PuTTY format; ${puttygen}`],
    ["an ssh.com key", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n", `it is in ssh.com format; ${puttygen}`],
    [
      "a key without its last line",
      plainEd25519.replace(/-----END.*/, ""),
      "its END line is missing or its line breaks are lost; give the whole file as it is",
    ],
    [
      "a key without line breaks",
      plainEd25519.replaceAll("\n", " "),
      "its END line is missing or its line breaks are lost; give the whole file as it is",
    ],
    ["two keys", plainEd25519 + plainEd25519, "it holds 2 private keys; give exactly one"],
    ["damaged PKCS#8", plainEd25519.replace("MC4C", "MC5C"), `${damaged}, or of a kind that OpenSSL does not know`],
    [
      "RSA with 768 bits",
      pkcs8({ privateKey: createPrivateKey({ format: "jwk", key: jwk(768) }) }),
      "it is RSA with 768 bits, and 1024 is the least; make a new key",
    ],
    [
      "halves of two RSA keys",
      pkcs8({ privateKey: createPrivateKey({ format: "jwk", key: { ...rsa, n: jwk(2048).n } as typeof rsa }) }),
      halves,
    ],
    [
      "DSA",
      pkcs8(generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 })),
      "its type (dsa) is not supported; use ed25519, RSA or ECDSA",
    ],
    [
      "RSA-PSS",
      pkcs8(generateKeyPairSync("rsa-pss", { modulusLength: 2048 })),
      "its type (rsa-pss) is not supported; use ed25519, RSA or ECDSA",
    ],
    ["X25519", pkcs8(generateKeyPairSync("x25519")), "its type (x25519) is not supported; use ed25519, RSA or ECDSA"],
    ["Ed448", pkcs8(generateKeyPairSync("ed448")), "its type (ed448) is not supported; use ed25519, RSA or ECDSA"],
    [
      "P-224",
      pkcs8(generateKeyPairSync("ec", { namedCurve: "secp224r1" })),
      "SSH does not support its curve; use P-256, P-384 or P-521",
    ],
    [
      "secp256k1",
      pkcs8(generateKeyPairSync("ec", { namedCurve: "secp256k1" })),
      "SSH does not support its curve; use P-256, P-384 or P-521",
    ],
    ["a security key", opensshContainer(wire("sk-ssh-ed25519@openssh.com", Buffer.alloc(32), "ssh:")), sk],
    [
      "DSA of OpenSSH",
      opensshContainer(wire("ssh-dss", "p", "q")),
      "DSA is refused by every current OpenSSH; make an ed25519 or RSA key",
    ],
    [
      "an unknown OpenSSH type",
      opensshContainer(wire("ssh-xmss@openssh.com", "x")),
      "its type is not supported; use ed25519, RSA or ECDSA",
    ],
    ["an unreadable secret part", opensshContainer(ed25519Blob), `${damaged}; give the whole file as it is`],
    [
      "a truncated ciphertext",
      opensshContainer(ed25519Blob, { cipher: "aes256-cbc", kdf: "bcrypt", secret: Buffer.alloc(63) }),
      `${damaged}; give the whole file as it is`,
    ],
    [
      "foreign content in OpenSSH lines",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
      `${damaged}; give the whole file as it is`,
    ],
  ])("is refused with the reason: %s", async (_, text, reason) => {
    await expect(parsePrivateKey(text, passphrase)).rejects.toThrow(
      new InvalidPrivateKeyError(`Not a usable private key: ${reason}.`),
    );
  });

  test("includes an OpenSSH file with the public half of another key", async () => {
    const { openssh } = await encodedSample("ed25519");
    const bytes = Buffer.from(openssh.split("\n").slice(1, -2).join(""), "base64");
    bytes[70] = (bytes[70] ?? 0) ^ 1;
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----`;
    await expect(parsePrivateKey(text)).rejects.toThrow(`Not a usable private key: ${halves}.`);
  });

  test("is an error with a stable code", async () => {
    await expect(parsePrivateKey("")).rejects.toThrow(expect.objectContaining({ code: "KEY_PRIVATE_INVALID" }));
  });
});

function messageOf(failing: Promise<unknown>): Promise<string> {
  return failing.then((result) => `did not throw: ${result}`, String);
}
