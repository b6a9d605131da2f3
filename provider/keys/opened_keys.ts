import { createHmac, randomBytes } from "node:crypto";
import { type PrivateKey, parsePrivateKey } from "./private_key";

/**
 * Private keys that were opened with a passphrase, and failures to open one. Many resources have the same key, and a
 * derivation may take seconds. The names are no plain passphrases, and nobody can compute them outside of this process.
 */
const opened = new Map<string, Promise<PrivateKey>>();
const secret = randomBytes(32);

/** `parsePrivateKey`, which decrypts the same text with the same passphrase once a run. */
export function openPrivateKey(text: string, passphrase?: string): Promise<PrivateKey> {
  if (!passphrase) return parsePrivateKey(text);
  const name = createHmac("sha256", secret)
    .update(JSON.stringify([text, passphrase]))
    .digest("hex");
  const key = opened.get(name) ?? parsePrivateKey(text, passphrase);
  opened.set(name, key);
  return key;
}

/** To be called at the beginning of a run. */
export function forgetOpenedKeys(): void {
  opened.clear();
}
