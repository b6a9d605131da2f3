/**
 * The server side of EXO2-HMAC-SHA256.
 *
 * It follows the description in Exoscale's API document and shares no code with the client, so that a mistake in one is
 * not hidden by the other.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** A request as it was received. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent, percent-encoding included. */
  readonly url: string;
  /** The bytes of the body; empty when there is none. */
  readonly body: Buffer;
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
}

/** When a signature is checked, and how long it may be valid. */
export interface Validity {
  /** The server's time, in milliseconds since 1970. */
  readonly now: number;
  /** The longest remaining validity in seconds; undefined: no limit. */
  readonly longestExpiry?: number | undefined;
}

const SCHEME = "EXO2-HMAC-SHA256 ";

/** Whether the request was signed by the owner of `key` and `secret` and has not expired. */
export function isSignedBy(request: SignedRequest, key: string, secret: string, validity: Validity): boolean {
  const fields = headerFields(request.authorization);
  const expires = fields?.get("expires") ?? "";
  if (fields?.get("credential") !== key || !/^\d{1,15}$/.test(expires)) return false;
  const left = Number(expires) - validity.now / 1000;
  if (left <= 0 || left > (validity.longestExpiry ?? Infinity)) return false;
  const signedArguments = (fields.get("signed-query-args") ?? "").split(";").filter(Boolean);
  const values = argumentValues(request.url, signedArguments);
  if (values === undefined) return false;
  return sameBytes(digestOf(request, values, expires, secret), fields.get("signature") ?? "");
}

/** The `Authorization` header of a request without a query, for our own commands. It is valid for a minute. */
export function authorizationOf(request: Omit<SignedRequest, "authorization">, key: string, secret: string): string {
  const expires = String(Math.floor(Date.now() / 1000) + 60);
  const signature = digestOf(request, "", expires, secret).toString("base64");
  return `${SCHEME}credential=${key},expires=${expires},signature=${signature}`;
}

function digestOf(
  { method, url, body }: Omit<SignedRequest, "authorization">,
  values: string,
  expires: string,
  secret: string,
): Buffer {
  const head = Buffer.from(`${method} ${url.split("?")[0]}\n`);
  const message = Buffer.concat([head, body, Buffer.from(`\n${values}\n\n${expires}`)]);
  return createHmac("sha256", secret).update(message).digest();
}

function headerFields(header: string | undefined): Map<string, string> | undefined {
  if (!header?.startsWith(SCHEME)) return undefined;
  return new Map(header.slice(SCHEME.length).split(",").map(splitAtFirstEquals));
}

function splitAtFirstEquals(field: string): [string, string] {
  const at = field.indexOf("=");
  return at < 0 ? [field.trim(), ""] : [field.slice(0, at).trim(), field.slice(at + 1)];
}

/**
 * The decoded values of the signed arguments, concatenated in the listed order; undefined when the query has an
 * unsigned argument with exactly one value. Clients do not sign arguments with several values or none.
 */
function argumentValues(url: string, signed: readonly string[]): string | undefined {
  const query = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "");
  for (const name of new Set(query.keys())) {
    const [value, ...more] = query.getAll(name);
    if (value && more.length === 0 && !signed.includes(name)) return undefined;
  }
  return signed.map((name) => (query.getAll(name).length === 1 ? query.get(name) : "")).join("");
}

function sameBytes(expected: Buffer, base64: string): boolean {
  const given = Buffer.from(base64, "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
