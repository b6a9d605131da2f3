import { type PublicKey, parseLoginKey } from "../../keys/public_key";
import type { AuthorizedEntry } from "../authorized_keys/entry";

/** Identifies a key on a host. One field is enough; the public key is best. */
export interface KeyIdentity {
  /** `type base64[ comment]`. */
  readonly publicKeyOpenssh?: string;
  /** The first digits of its SHA-256 in hexadecimal, at least 16. */
  readonly sha256Hex?: string;
  /** MD5 fingerprint: 16 pairs of hexadecimal digits, with or without colons. */
  readonly fingerprintMd5?: string;
}

/** The key of an entry, if `keys/` supports it. */
export function keyOf({ publicKeyOpenssh }: AuthorizedEntry): PublicKey | undefined {
  return publicKeyOpenssh === undefined ? undefined : parseLoginKey(publicKeyOpenssh);
}

/** Keys by their text: a revocation removes one key from many hosts, and asks about it several times on each. */
const readKeys = new Map<string, PublicKey>();

/** More keys than one run removes. */
const MAX_READ_KEYS = 256;

function readKey(text: string): PublicKey {
  const known = readKeys.get(text);
  if (known) return known;
  const key = parseLoginKey(text);
  if (readKeys.size >= MAX_READ_KEYS) readKeys.clear();
  readKeys.set(text, key);
  return key;
}

/** The public keys that the identities name, as given or found in the entries. An identity without a match is left out. */
export function keysMeant(identities: readonly KeyIdentity[], entries: readonly AuthorizedEntry[]): PublicKey[] {
  const given = identities.flatMap(({ publicKeyOpenssh = [] }) => publicKeyOpenssh).map(readKey);
  const sought = identities.filter(({ publicKeyOpenssh }) => publicKeyOpenssh === undefined);
  // Parsed only if needed: a file may have thousands of keys.
  const present = sought.length === 0 ? [] : entries.flatMap((entry) => keyOf(entry) ?? []);
  const matches = sought.flatMap((identity) => present.filter((key) => identifies(identity, key)));
  return [...new Map([...given, ...matches].map((key) => [key.fingerprintSha256, key])).values()];
}

function identifies({ sha256Hex, fingerprintMd5 }: KeyIdentity, key: PublicKey): boolean {
  if (sha256Hex !== undefined) return hexOf(key.fingerprintSha256).startsWith(sha256Hex.toLowerCase());
  return fingerprintMd5 !== undefined && bare(fingerprintMd5) === bare(key.fingerprintMd5);
}

function hexOf(fingerprintSha256: string): string {
  return Buffer.from(fingerprintSha256.replace(/^SHA256:/, ""), "base64").toString("hex");
}

function bare(fingerprintMd5: string): string {
  return fingerprintMd5.replace(/^MD5:/i, "").replaceAll(":", "").toLowerCase();
}
