// Encrypts what must not be in clear text in the repository, in the same way as Pulumi encrypts the secrets of the stack.
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

/** The passphrase of every recorded stack. Not a secret: it protects test keys. */
export const PASSPHRASE = "a passphrase for tests";

/**
 * @param {string} salt `v1:salt:...`, the `encryptionsalt` of the stack's settings
 * @returns {(text: string) => string} AES-256-GCM, written `v1:nonce:ciphertext and tag`
 */
export function createSealer(salt) {
  const key = pbkdf2Sync(PASSPHRASE, Buffer.from(salt.split(":")[1] ?? "", "base64"), 1_000_000, 32, "sha256");
  return (text) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
  };
}
