// Public keys to register.
import { generateKeyPairSync } from "node:crypto";

/** @returns {string} a new ed25519 key in OpenSSH's format: a name and a key, each with its length before it */
export function newPublicKey() {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const parts = [Buffer.from("ssh-ed25519"), Buffer.from(x, "base64url")];
  const blob = parts.flatMap((part) => [Buffer.from([0, 0, 0, part.length]), part]);
  return `ssh-ed25519 ${Buffer.concat(blob).toString("base64")}`;
}
