/** Which public keys the account accepts, and what it keeps of each. */
import { createHash } from "node:crypto";
import { isKeyAlgorithm } from "../../provider/keys/algorithm";
import { type PublicKey, parsePublicKey } from "../../provider/keys/public_key";
import type { Settings } from "../settings";
import { conflict } from "./errors";

/** A public key of any kind that the account may accept. */
export interface AccountKey {
  /** MD5 of the key, 47 characters of colon-separated hex. */
  readonly fingerprint: string;
  /** The line that is written to a guest's authorized_keys. */
  readonly line: string;
}

/**
 * Reads a public key, one line with or without a line end.
 *
 * @throws ApiError 409 for a key that the account does not accept
 */
export function parseAccountKey(text: string, settings: Settings): AccountKey {
  const key = tryParse(text);
  if (!key) return parseShortRsa(text, settings);
  if (!isKeyAlgorithm(key.algorithm) && settings.securityKeys === "refused") throw invalidKey();
  if (key.algorithm === "ecdsa" && settings.ecdsaKeys === "refused") throw invalidKey();
  if ((key.rsaBits ?? Infinity) < settings.smallestRsa) throw invalidKey();
  return { fingerprint: key.fingerprintMd5, line: key.openssh };
}

function tryParse(text: string): PublicKey | undefined {
  try {
    return parsePublicKey(text);
  } catch {
    return undefined;
  }
}

/** A size that this package does not use and that the real API may accept. */
function parseShortRsa(text: string, { smallestRsa }: Settings): AccountKey {
  const [type = "", base64 = "", ...more] = text.trim().split(" ");
  const blob = Buffer.from(base64, "base64");
  const [named, ...numbers] = fieldsOf(blob);
  const isShortRsa = type === "ssh-rsa" && numbers.length === 2 && bits(numbers[1]) >= smallestRsa;
  if (named?.toString("latin1") !== type || text.trim().includes("\n") || !isShortRsa) {
    throw invalidKey();
  }
  const md5 = createHash("md5").update(blob).digest("hex");
  return { fingerprint: (md5.match(/../g) ?? []).join(":"), line: [type, base64, ...more].join(" ") };
}

/** The fields of a blob (RFC 4251 section 5, `string`); none when the last one is incomplete. */
function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at);
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return at === blob.length ? fields : [];
}

function bits(integer: Buffer | undefined): number {
  return BigInt(`0x0${integer?.toString("hex") ?? ""}`).toString(2).length;
}

const invalidKey = () => conflict("Public key is invalid");
