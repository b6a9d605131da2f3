import { createHash, createHmac } from "node:crypto";
import { KeyEncodingError } from "../errors";
import type { PrivateKey } from "./private_key";
import { lengthPrefixed, mpint, takeFields } from "./wire";

/**
 * A key in PuTTY's format, version 2, without encryption (PuTTY's manual, appendix C), decoded again before it is
 * returned. Written here because no library does it correctly: sshpk writes the public half only; node-forge knows
 * RSA only, and writes a superfluous zero before one number in twenty, which PuTTY then refuses to load.
 *
 * @param comment letters outside ASCII become `?`: the format does not say how they are written
 * @throws KeyEncodingError when the file does not hold this key
 */
export function writePutty(key: PrivateKey, comment: string): string {
  const { sshType, blob } = key.publicKey();
  const numbers = Buffer.concat(privateNumbers(key).map(lengthPrefixed));
  const shown = comment.replace(/[^\x20-\x7e]/gu, "?");
  const file = [
    `PuTTY-User-Key-File-2: ${sshType}`,
    "Encryption: none",
    `Comment: ${shown}`,
    ...linesWithCount("Public-Lines", blob),
    ...linesWithCount("Private-Lines", numbers),
    `Private-MAC: ${mac(sshType, shown, blob, numbers)}`,
    "",
  ].join("\r\n");
  if (!holdsKey(file, key))
    throw new KeyEncodingError("The PuTTY file was read back as another key; nothing was stored.");
  return file;
}

/** RSA: d, p, q and the inverse of q. ECDSA: the secret number. Ed25519: the seed, as bytes and not as a number. */
function privateNumbers(key: PrivateKey): Buffer[] {
  const { d, p, q, qi } = key.material.export({ format: "jwk" });
  if (key.algorithm === "ed25519") return [Buffer.from(d ?? "", "base64url")];
  return (key.algorithm === "rsa" ? [d, p, q, qi] : [d]).map(mpint);
}

function linesWithCount(title: string, bytes: Buffer): string[] {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [`${title}: ${lines.length}`, ...lines];
}

/** Without a passphrase this is a checksum and no protection: its key is a constant. */
function mac(sshType: string, comment: string, publicBlob: Buffer, privateBlob: Buffer): string {
  const secret = createHash("sha1").update("putty-private-key-file-mac-key").digest();
  const hmac = createHmac("sha1", secret);
  for (const part of [sshType, "none", comment, publicBlob, privateBlob])
    hmac.update(lengthPrefixed(Buffer.from(part)));
  return hmac.digest("hex");
}

function holdsKey(file: string, key: PrivateKey): boolean {
  const [, publicLines = "", privateLines = ""] = BLOBS.exec(file) ?? [];
  const numbers = takeFields(Buffer.from(privateLines, "base64"), privateNumbers(key).length);
  return (
    Buffer.from(publicLines, "base64").equals(key.publicKey().blob) &&
    numbers?.rest.length === 0 &&
    privateNumbers(key).every((number, index) => numbers.fields[index]?.equals(number))
  );
}

const BLOBS = /\r\nPublic-Lines: \d+\r\n([^:]+)\r\nPrivate-Lines: \d+\r\n([^:]+)\r\nPrivate-MAC: [0-9a-f]{40}\r\n$/;
