/** A fingerprint of a public key in its usual form. */
export type Fingerprint =
  /** 16 pairs of hexadecimal digits and colons, as Exoscale's API writes it. */
  | { readonly fingerprintMd5: string }
  /** `SHA256:` and 43 characters of base64, as `ssh-keygen -l` writes it. */
  | { readonly fingerprintSha256: string };

/** A whole line of `ssh-keygen -l` (bits first) or of `puttygen -l` (type and bits first). */
const LINE = /^(?:[a-z0-9@.-]+\s+)?\d+\s+(\S+)(?:\s.*)?$/;
const MD5 = /^(?:MD5:)?((?:[0-9a-f]{2}:){15}[0-9a-f]{2}|[0-9a-f]{32})$/i;
const SHA256 = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/;

/** Reads a fingerprint as tools print it, or their whole line; undefined for any other text. */
export function parseFingerprint(text: string): Fingerprint | undefined {
  const trimmed = text.trim();
  const word = LINE.exec(trimmed)?.[1] ?? trimmed;
  const md5 = MD5.exec(word)?.[1];
  if (md5 !== undefined) return { fingerprintMd5: withColons(md5.replaceAll(":", "").toLowerCase()) };
  const sha256 = SHA256.exec(word)?.[1];
  return sha256 !== undefined && isDigest(sha256) ? { fingerprintSha256: `SHA256:${sha256}` } : undefined;
}

function withColons(hex: string): string {
  return hex.replace(/..(?=.)/g, "$&:");
}

/** 43 characters have two bits more than 32 bytes. They are zero in what a tool prints. */
function isDigest(base64: string): boolean {
  return Buffer.from(base64, "base64").toString("base64") === `${base64}=`;
}
