import { UnsupportedKeyError } from "../../provider/errors";
import type { KeyOptions } from "../../provider/keys/algorithm";
import { generatePrivateKey } from "../../provider/keys/generate";
import { kindNames, kinds, sampleKey } from "./sample_keys";

// RSA-4096 takes seconds, and on a busy machine many.
jest.setTimeout(240_000);

test.each(kindNames)("a generated %s key is of the requested kind", async (kind) => {
  expect(await sampleKey(kind)).toMatchObject(kinds[kind]);
});

test("an RSA key has 4096 bits unless told otherwise", async () => {
  expect((await generatePrivateKey({ algorithm: "rsa" })).rsaBits).toBe(4096);
});

test("an ECDSA key is on P256 unless told otherwise", async () => {
  expect((await generatePrivateKey({ algorithm: "ecdsa" })).ecdsaCurve).toBe("P256");
});

test("no two generated keys are the same", async () => {
  const [a, b] = [
    await generatePrivateKey({ algorithm: "ed25519" }),
    await generatePrivateKey({ algorithm: "ed25519" }),
  ];
  expect(a.publicKey().openssh).not.toBe(b.publicKey().openssh);
});

// A program in JavaScript could contain these.
const impossible: [unknown, string][] = [
  [{ algorithm: "dsa" }, "algorithm: choose ed25519, rsa or ecdsa."],
  [{}, "algorithm: choose ed25519, rsa or ecdsa."],
  [{ algorithm: "rsa", rsaBits: 1024 }, "rsaBits: 1024 is not a multiple of 1024 from 2048 to 8192."],
  [{ algorithm: "rsa", rsaBits: 2049 }, "rsaBits: 2049 is not a multiple of 1024 from 2048 to 8192."],
  [{ algorithm: "rsa", rsaBits: 16384 }, "rsaBits: 16384 is not a multiple of 1024 from 2048 to 8192."],
  [{ algorithm: "rsa", rsaBits: Number.NaN }, "rsaBits: NaN is not a multiple of 1024 from 2048 to 8192."],
  [{ algorithm: "ed25519", rsaBits: 4096 }, "rsaBits: has no meaning for ed25519; leave it out."],
  [{ algorithm: "ecdsa", ecdsaCurve: "P224" }, "ecdsaCurve: choose P256, P384 or P521."],
  [{ algorithm: "rsa", ecdsaCurve: "P256" }, "ecdsaCurve: has no meaning for rsa; leave it out."],
];

test.each(impossible)("generating %j is refused, and the error names the field", async (options, message) => {
  await expect(generatePrivateKey(options as KeyOptions)).rejects.toThrow(new UnsupportedKeyError(message));
});
