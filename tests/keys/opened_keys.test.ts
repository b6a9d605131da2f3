import crypto from "node:crypto";
import { WrongPassphraseError } from "../../provider/errors";
import { bcrypt } from "../../provider/keys/libraries";
import { forgetOpenedKeys, openPrivateKey, openPublicHalf } from "../../provider/keys/opened_keys";
import { encodedSample } from "./sample_keys";

/** Hashes of one derivation: 16 rounds for each of two blocks. */
const HASHES = 32;

const hashes = jest.spyOn(bcrypt(), "hash");
let text: string;
beforeEach(async () => {
  text = (await encodedSample("ed25519", "correct horse")).openssh;
  forgetOpenedKeys();
  hashes.mockClear();
});

test("An encrypted key is decrypted once for all who ask for it at the same time, and later", async () => {
  await Promise.all(Array.from({ length: 10 }, () => openPrivateKey(text, "correct horse")));
  await openPrivateKey(text, "correct horse");
  expect(hashes).toHaveBeenCalledTimes(HASHES);
});

test("A passphrase that does not open a key is tried once", async () => {
  const tries = await Promise.allSettled([1, 2, 3].map(() => openPrivateKey(text, "wrong")));
  for (const result of tries) expect(result).toMatchObject({ reason: expect.any(WrongPassphraseError) });
  expect(hashes).toHaveBeenCalledTimes(HASHES);
});

test("The public half of an encrypted key in PKCS#8, where it is encrypted too, is decrypted once", async () => {
  const { pem } = await encodedSample("ed25519", "correct horse");
  const decrypt = jest.spyOn(crypto, "createPrivateKey");
  const halves = [1, 2, 3].map(() => openPublicHalf(pem, "correct horse"));
  expect(decrypt).toHaveBeenCalledTimes(1);
  expect(halves).toEqual([halves[0], halves[0], halves[0]]);
  expect(halves[0]?.algorithm).toBe("ed25519");
});

test("Another passphrase is not answered with a key that was opened before", async () => {
  await openPrivateKey(text, "correct horse");
  await expect(openPrivateKey(text, "correct horse ")).rejects.toThrow(WrongPassphraseError);
});

test("A key is decrypted again after it was forgotten", async () => {
  await openPrivateKey(text, "correct horse");
  forgetOpenedKeys();
  await openPrivateKey(text, "correct horse");
  expect(hashes).toHaveBeenCalledTimes(2 * HASHES);
});

test("Other work goes on while a key is decrypted", async () => {
  let turns = 0;
  const count = () => {
    turns++;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  await openPrivateKey(text, "correct horse");
  clearImmediate(timer);
  expect(turns).toBeGreaterThanOrEqual(HASHES);
});
