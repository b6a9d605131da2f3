/** What the account takes for a public key, and what it remembers of one. */
import { createHash } from "node:crypto";
import { type PublicKey, parsePublicKey } from "../../provider/keys/public_key";
import type { Settings } from "../settings";
import { conflict } from "./errors";

/** A public key of any kind that the account may take. */
export interface AccountKey {
  /** MD5 of the key, 47 characters of colon-separated hex. */
  readonly fingerprint: string;
  /** One line, as it goes into a guest. */
  readonly line: string;
}

/** Reads a public key, one line with or without a line end. @throws ApiError 409 for what the account does not take */
export function parseAccountKey(text: string, settings: Settings): AccountKey {
  const key = tryParse(text);
  if (!key) return parseOtherKey(text, settings);
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

/** The kinds that this package does not use and the real API may take all the same. */
function parseOtherKey(text: string, { securityKeys, smallestRsa }: Settings): AccountKey {
  const [type = "", base64 = "", ...more] = text.trim().split(" ");
  const blob = Buffer.from(base64, "base64");
  const [named, ...numbers] = fieldsOf(blob);
  const isSecurityKey = securityKeys === "accepted" && SECURITY_KEY.test(type) && numbers.length >= 2;
  const isShortRsa = type === "ssh-rsa" && numbers.length === 2 && bits(numbers[1]) >= smallestRsa;
  if (named?.toString("latin1") !== type || text.trim().includes("\n") || !(isSecurityKey || isShortRsa)) {
    throw invalidKey();
  }
  const md5 = createHash("md5").update(blob).digest("hex");
  return { fingerprint: (md5.match(/../g) ?? []).join(":"), line: [type, base64, ...more].join(" ") };
}

const SECURITY_KEY = /^sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com$/;

/** The fields of a blob (RFC 4251 section 5, `string`); none when it does not end with one of them. */
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
