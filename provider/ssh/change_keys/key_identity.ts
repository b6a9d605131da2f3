import { InvalidPublicKeyError } from "../../errors";
import { type PublicKey, parsePublicKey } from "../../keys/public_key";
import type { AuthorizedEntry } from "../authorized_keys/entry";

/** What is known of a key that is sought on a host. One of the fields is enough; the public key is best. */
export interface KeyIdentity {
  /** `type base64[ comment]`. */
  readonly publicKeyOpenssh?: string;
  /** Beginning of its SHA-256 in hexadecimal, at least 16 digits. */
  readonly sha256Hex?: string;
  /** MD5 fingerprint: 16 pairs of hexadecimal digits, with or without colons. */
  readonly fingerprintMd5?: string;
}

/** The key of an entry, if `keys/` knows its kind. */
export function keyOf({ publicKeyOpenssh }: AuthorizedEntry): PublicKey | undefined {
  if (publicKeyOpenssh === undefined) return undefined;
  try {
    return parsePublicKey(publicKeyOpenssh);
  } catch (error) {
    // Kinds that sshd takes and `keys/` does not, such as those of security keys: never ours.
    if (error instanceof InvalidPublicKeyError) return undefined;
    throw error;
  }
}

/** The public keys meant: as given, or found among the entries. Those that no entry matches are left out. */
export function keysMeant(identities: readonly KeyIdentity[], entries: readonly AuthorizedEntry[]): PublicKey[] {
  const given = identities.flatMap(({ publicKeyOpenssh = [] }) => publicKeyOpenssh).map((text) => parsePublicKey(text));
  const sought = identities.filter(({ publicKeyOpenssh }) => publicKeyOpenssh === undefined);
  // Read only where somebody asks: a file may be made of thousands of keys.
  const present = sought.length === 0 ? [] : entries.flatMap((entry) => keyOf(entry) ?? []);
  const found = sought.flatMap((identity) => present.filter((key) => identifies(identity, key)));
  const meant = [...given, ...found];
  return [...new Map(meant.map((key) => [key.fingerprintSha256, key])).values()];
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
