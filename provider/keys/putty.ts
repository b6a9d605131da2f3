import { createHash, createHmac } from "node:crypto";
import { pki, ssh } from "node-forge";
import { KeyEncodingError } from "../errors";
import type { PrivateKey } from "./private_key";
import { takeFields } from "./wire";

/**
 * An RSA key in PuTTY's format, version 2, without encryption, read back before it is returned.
 *
 * @param comment letters outside ASCII become `?`: node-forge counts them wrongly, and PuTTY then calls the file forged.
 * @throws KeyEncodingError when the file does not hold this key.
 */
export function writePutty(key: PrivateKey, comment: string): string {
  const pkcs1 = key.material.export({ type: "pkcs1", format: "pem" }).toString();
  const file = ssh.privateKeyToPutty(pki.privateKeyFromPem(pkcs1), "", comment.replace(/[^\x20-\x7e]/gu, "?"));
  if (!holds(file, key)) throw new KeyEncodingError("The PuTTY file was read back as another key; nothing was stored.");
  return file;
}

/** Reads the file as PuTTY's manual, appendix C.5, defines it. */
function holds(file: string, key: PrivateKey): boolean {
  const parts = layout.exec(file)?.groups;
  if (!parts) return false;
  const [publicBlob, publicLines] = decodeLines(parts["public"]);
  const [privateBlob, privateLines] = decodeLines(parts["private"]);
  return (
    parts["publicLines"] === publicLines &&
    parts["privateLines"] === privateLines &&
    parts["mac"] === mac(parts["comment"] ?? "", publicBlob, privateBlob) &&
    publicBlob.equals(key.publicKey().blob) &&
    sameNumbers(privateBlob, key)
  );
}

const layout =
  /^PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\nComment: (?<comment>.*)\r\nPublic-Lines: (?<publicLines>\d+)\r\n(?<public>[^:]+)\r\nPrivate-Lines: (?<privateLines>\d+)\r\n(?<private>[^:]+)\r\nPrivate-MAC: (?<mac>[0-9a-f]{40})\r\n$/;

function decodeLines(text = ""): [Buffer, string] {
  return [Buffer.from(text, "base64"), String(text.split("\r\n").length)];
}

function mac(comment: string, publicBlob: Buffer, privateBlob: Buffer): string {
  const secret = createHash("sha1").update("putty-private-key-file-mac-key").digest();
  const hmac = createHmac("sha1", secret);
  for (const text of ["ssh-rsa", "none", comment, publicBlob, privateBlob]) {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return hmac.digest("hex");
}

/** PuTTY stores d, p, q and the inverse of q, in this order. */
function sameNumbers(privateBlob: Buffer, key: PrivateKey): boolean {
  const { d, p, q, qi } = key.material.export({ format: "jwk" });
  const written = takeFields(privateBlob, 4)?.fields.map((field) => BigInt(`0x0${field.toString("hex")}`));
  const expected = [d, p, q, qi].map((number = "") => BigInt(`0x0${Buffer.from(number, "base64url").toString("hex")}`));
  return written?.every((number, index) => number === expected[index]) ?? false;
}
