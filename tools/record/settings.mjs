// The configuration for the programs of recordings.
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { nodeModules } from "../setup/paths.mjs";

const require = createRequire(import.meta.url);

/** @returns {{ name: string, value: string, kind: "secret" | "plaintext" }[]} with new keys */
export function createProgramSettings() {
  const imported = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const [publicKey, privateKey] = [createForeignPublicKey(), imported];
  return [
    { name: "stage", value: "first", kind: "plaintext" },
    { name: "publicKey", value: publicKey, kind: "plaintext" },
    { name: "privateKey", value: privateKey, kind: "secret" },
    { name: "passphrase", value: "correct horse battery staple", kind: "secret" },
    { name: "userData", value: "#cloud-config\npackages: [nginx, fail2ban]", kind: "secret" },
  ];
}

/** @returns {string} a public key; the private half is discarded */
function createForeignPublicKey() {
  /** @type {typeof import("ssh2")} */
  const { utils } = require(join(nodeModules, "ssh2"));
  return `${utils.generateKeyPairSync("ed25519").public} carol@home`;
}
