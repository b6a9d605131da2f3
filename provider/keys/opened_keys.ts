import { createHmac, randomBytes } from "node:crypto";
import { type PrivateKey, parsePrivateKey } from "./private_key";
import { publicHalf } from "./public_half";
import type { PublicKey } from "./public_key";

/**
 * Private keys that were opened with a passphrase, and failures to open one. Many resources have the same key, and a
 * derivation may take seconds. The names are no plain passphrases, and nobody can compute them outside of this process.
 */
const opened = new Map<string, Promise<PrivateKey>>();
/** The public halves of such keys, undefined if they cannot be seen. */
const halves = new Map<string, PublicKey | undefined>();
const secret = randomBytes(32);

/** `parsePrivateKey`, which decrypts the same text with the same passphrase once a run. */
export function openPrivateKey(text: string, passphrase?: string): Promise<PrivateKey> {
  if (!passphrase) return parsePrivateKey(text);
  const name = nameOf(text, passphrase);
  const key = opened.get(name) ?? parsePrivateKey(text, passphrase);
  opened.set(name, key);
  return key;
}

/** `publicHalf`, which decrypts the same text with the same passphrase once a run. */
export function openPublicHalf(text: string, passphrase?: string): PublicKey | undefined {
  if (!passphrase) return publicHalf(text);
  const name = nameOf(text, passphrase);
  if (!halves.has(name)) halves.set(name, publicHalf(text, passphrase));
  return halves.get(name);
}

/** To be called at the beginning of a run. */
export function forgetOpenedKeys(): void {
  opened.clear();
  halves.clear();
}

function nameOf(text: string, passphrase: string): string {
  return createHmac("sha256", secret)
    .update(JSON.stringify([text, passphrase]))
    .digest("hex");
}
