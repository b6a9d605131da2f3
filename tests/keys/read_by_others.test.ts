import { createPrivateKey } from "node:crypto";
import { type EncodedPrivateKey, encodePrivateKey } from "../../provider/keys/encode";
import { type PrivateKey, parsePlainPrivateKey } from "../../provider/keys/private_key";
import {
  opensslPublic,
  opensslPublicFromPublic,
  puttygenOpenssh,
  puttygenPublic,
  sshKeygenFingerprint,
  sshKeygenFromPem,
  sshKeygenPublic,
  testWith,
} from "./real_programs";
import { type Kind, kindNames, sampleKey } from "./sample_keys";

/** A key in every format, and how it was written. */
interface Written extends EncodedPrivateKey {
  readonly key: PrivateKey;
  readonly comment: string;
  readonly passphrase: string | undefined;
}

/** Another program that reads one of the outputs, and what it must find there. */
interface Reader {
  readonly program: "ssh-keygen" | "openssl" | "puttygen";
  readonly reads: string;
  readonly kinds: readonly Kind[];
  /** Where the output does not depend on them, or does not exist with them. */
  readonly plainOnly?: true;
  found(written: Written): string;
  expected(written: Written): string;
}

// ssh-keygen reads no Ed25519 in PKCS#8 before 9.6, and none as a PEM public key.
const notEd25519 = kindNames.filter((kind) => kind !== "ed25519");

const line = ({ key, comment }: Written) => key.publicKey(comment).openssh;
const bareLine = ({ key }: Written) => key.publicKey("").openssh;
const jwk = (key: PrivateKey) => JSON.stringify(key.material.export({ format: "jwk" }));

const readers: readonly Reader[] = [
  {
    program: "ssh-keygen",
    reads: "key and comment of privateKeyOpenssh (-y)",
    kinds: kindNames,
    found: ({ openssh, passphrase }) => sshKeygenPublic(openssh, passphrase),
    expected: line,
  },
  {
    program: "ssh-keygen",
    reads: "the SHA256 fingerprint of privateKeyOpenssh (-l)",
    kinds: kindNames,
    found: ({ openssh }) => sshKeygenFingerprint(openssh, "sha256"),
    expected: ({ key }) => key.publicKey().fingerprintSha256,
  },
  {
    program: "ssh-keygen",
    reads: "the MD5 fingerprint of publicKeyOpenssh (-l -E md5)",
    kinds: kindNames,
    plainOnly: true,
    found: (written) => sshKeygenFingerprint(line(written), "md5"),
    expected: ({ key }) => `MD5:${key.publicKey().fingerprintMd5}`,
  },
  {
    program: "ssh-keygen",
    reads: "the SHA256 fingerprint of publicKeyOpenssh (-l)",
    kinds: kindNames,
    plainOnly: true,
    found: (written) => sshKeygenFingerprint(line(written), "sha256"),
    expected: ({ key }) => key.publicKey().fingerprintSha256,
  },
  {
    program: "ssh-keygen",
    reads: "the key of privateKeyPem (-y)",
    kinds: notEd25519,
    found: ({ pem, passphrase }) => sshKeygenPublic(pem, passphrase),
    expected: bareLine,
  },
  {
    program: "ssh-keygen",
    reads: "publicKeyPem (-i -m PKCS8)",
    kinds: notEd25519,
    plainOnly: true,
    found: ({ key }) => sshKeygenFromPem(key.publicKey().pem),
    expected: bareLine,
  },
  {
    program: "openssl",
    reads: "privateKeyPem (pkey)",
    kinds: kindNames,
    found: ({ pem, passphrase }) => opensslPublic(pem, passphrase),
    expected: ({ key }) => key.publicKey().pem.trim(),
  },
  {
    program: "openssl",
    reads: "publicKeyPem (pkey -pubin)",
    kinds: kindNames,
    plainOnly: true,
    found: ({ key }) => opensslPublicFromPublic(key.publicKey().pem),
    expected: ({ key }) => key.publicKey().pem.trim(),
  },
  {
    program: "puttygen",
    reads: "key and comment of privateKeyPutty",
    kinds: kindNames,
    plainOnly: true,
    found: ({ putty = "" }) => puttygenPublic(putty),
    expected: line,
  },
  {
    program: "puttygen",
    reads: "the private numbers of privateKeyPutty, and writes them for OpenSSL",
    kinds: kindNames,
    plainOnly: true,
    found: ({ putty = "" }) => jwk(parsePlainPrivateKey(puttygenOpenssh(putty))),
    expected: ({ key }) => jwk(key),
  },
  {
    program: "puttygen",
    reads: "key and comment of privateKeyOpenssh, for those who want its own format",
    kinds: kindNames,
    found: ({ openssh, passphrase }) => puttygenPublic(openssh, passphrase),
    expected: line,
  },
];

const secret = "correct hörse $battery";
const ways: readonly { way: string; comment: string; passphrase: string | undefined }[] = [
  { way: "a comment", comment: "alice@example", passphrase: undefined },
  { way: "neither comment nor passphrase", comment: "", passphrase: undefined },
  { way: "a comment and a passphrase", comment: "alice@example", passphrase: secret },
  { way: "a passphrase", comment: "", passphrase: secret },
];

describe.each(kindNames)("%s", (kind) => {
  describe.each(ways)("with $way", ({ comment, passphrase }) => {
    let written: Written;
    beforeAll(async () => {
      const key = await sampleKey(kind);
      written = { key, comment, passphrase, ...(await encodePrivateKey(key, { comment, passphrase })) };
    }, 240_000);

    const readersHere = readers.filter(({ kinds, plainOnly }) => kinds.includes(kind) && !(plainOnly && passphrase));
    for (const { program, reads, found, expected } of readersHere) {
      testWith(program, `${program} reads ${reads}`, () => expect(found(written)).toBe(expected(written)));
    }

    test("Node reads the private numbers of privateKeyPem", () => {
      const read = createPrivateKey({ key: written.pem, ...(passphrase && { passphrase }) });
      expect(JSON.stringify(read.export({ format: "jwk" }))).toBe(jwk(written.key));
    });
  });
});
