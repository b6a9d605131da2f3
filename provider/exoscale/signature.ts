import { createHmac } from "node:crypto";

/** What identifies a program to the API: an IAM API key and its secret. */
export interface Credentials {
  /** The API key, `EXO...`; goes over the wire. */
  readonly apiKey: string;
  /** The secret; used as text (no base64), never sent. */
  readonly apiSecret: string;
}

/** The parts of a request that its signature covers. */
export interface SignedRequest {
  /** HTTP method, upper case. */
  readonly method: string;
  /** Path as it goes over the wire: percent-encoded, with the `/v2` prefix, without the query. */
  readonly path: string;
  /** Query parameters by name, decoded, one value each. */
  readonly query: Readonly<Record<string, string>>;
  /** The exact text sent as body; empty for none. */
  readonly body: string;
}

/**
 * The `Authorization` header of a request, by Exoscale's EXO2-HMAC-SHA256 scheme.
 *
 * @param expires when the signature expires, in seconds since 1970; until then a replayed request is accepted
 */
export function authorization(request: SignedRequest, credentials: Credentials, expires: number): string {
  const names = Object.keys(request.query).sort();
  const values = names.map((name) => request.query[name]).join("");
  // The empty line is the place of signed headers in the scheme; the API uses none.
  const message = [`${request.method} ${request.path}`, request.body, values, "", expires].join("\n");
  const signature = createHmac("sha256", credentials.apiSecret).update(message).digest("base64");
  const fields = [
    `credential=${credentials.apiKey}`,
    ...(names.length > 0 ? [`signed-query-args=${names.join(";")}`] : []),
    `expires=${expires}`,
    `signature=${signature}`,
  ];
  return `EXO2-HMAC-SHA256 ${fields.join(",")}`;
}
