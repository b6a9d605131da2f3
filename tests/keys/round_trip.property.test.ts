/** What is written is read back: by us, and by ssh-keygen. */
import { constant, oneof, string } from "fast-check";
import { UnsupportedKeyError } from "../../provider/errors";
import { cleanComment } from "../../provider/keys/comment";
import { encodeOpenssh, encodePrivateKey } from "../../provider/keys/encode";
import { type PrivateKey, parsePrivateKey } from "../../provider/keys/private_key";
import { publicHalf } from "../../provider/keys/public_half";
import { parsePublicKey } from "../../provider/keys/public_key";
import { property } from "../properties";
import { anyPair } from "./any_pair";
import { puttygenPublic, readByKeygen, testWith } from "./real_programs";
import { sampleKey } from "./sample_keys";

/** Any letters of Unicode, also line breaks, marks of direction and private ones; some texts are very long. */
const texts = oneof(
  string({ unit: "binary", maxLength: 40 }),
  string({ unit: "binary", minLength: 900, maxLength: 1100 }),
);
const comments = oneof(constant(""), texts);

const written: { openssh: string; line: string }[] = [];

property(
  "A key of any kind is the same after it was written and read",
  60,
  [anyPair, comments],
  async (key, comment) => {
    const line = await expectSameAfterAll(key, comment);
    written.push({ openssh: await encodeOpenssh(key, { comment }), line });
  },
);

property("An RSA key is the same after it was written and read", 8, [comments], async (comment) => {
  await expectSameAfterAll(await sampleKey("RSA-2048"), comment);
});

/** Writes a key in each format and reads it. @returns its public key line */
async function expectSameAfterAll(key: PrivateKey, comment: string, passphrase?: string): Promise<string> {
  const { openssh, pem } = await encodePrivateKey(key, { comment, passphrase });
  const expected = key.publicKey(comment);
  expect(await numbersIn(openssh, passphrase)).toEqual(numbersOf(key));
  expect(await numbersIn(pem, passphrase)).toEqual(numbersOf(key));
  expect((await parsePrivateKey(openssh, passphrase)).publicKey()).toEqual(expected);
  expect(publicHalf(openssh)?.blob).toEqual(expected.blob);
  expect(parsePublicKey(expected.openssh)).toEqual(expected);
  expect(expected.comment).toBe(cleanComment(comment));
  return expected.openssh;
}

async function numbersIn(text: string, passphrase: string | undefined) {
  return numbersOf(await parsePrivateKey(text, passphrase));
}

function numbersOf({ material }: PrivateKey) {
  return material.export({ format: "jwk" });
}

testWith("ssh-keygen", "Each of these files is that key with that comment for ssh-keygen", () => {
  const read = readByKeygen(
    written.map(({ openssh }) => openssh),
    "",
  );
  expect(written.length).toBeGreaterThan(0);
  expect(read.map((line) => line.trim())).toEqual(written.map(({ line }) => line));
});

property("A passphrase is refused by name, or opens what it encrypts", 6, [anyPair, texts], async (key, passphrase) => {
  const refusal = await expectSameAfterAll(key, "", passphrase).catch((error: unknown) => error);
  if (refusal instanceof UnsupportedKeyError) expect(refusal.message).toMatch(/^passphrase: /);
  else expect(refusal).toBe(key.publicKey("").openssh);
});

const putty: { file: string; line: string }[] = [];
property("A key is written for PuTTY", 12, [anyPair, comments], async (key, comment) => {
  const { putty: file = "" } = await encodePrivateKey(key, { comment });
  putty.push({ file, line: key.publicKey("").openssh });
});

testWith("puttygen", "and puttygen reads each of them as that key", () => {
  for (const { file, line } of putty) expect(puttygenPublic(file)).toMatch(line);
});
