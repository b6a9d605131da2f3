import { DeadlinePassed } from "../deadline";
import { type ApiCallSite, ApiUnreachableError } from "../errors";
import { isRecord } from "./refusal";
import type { Consequence, Failure } from "./retry";

/** What one kind of network error means for the next try, and what it tells the user. */
interface Meaning {
  readonly codes: readonly string[];
  readonly consequence: Consequence;
  readonly reason: string;
}

/** Node's codes for certificates that it does not accept. */
const certificateCodes = [
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  // Every other reason, such as a signature that is too weak.
  "UNSPECIFIED",
];

/** OpenSSL's codes for servers with which it has no version or no cipher in common. */
const disagreementCodes = [
  "ERR_SSL_NO_PROTOCOLS_AVAILABLE",
  "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
  "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
  "ERR_SSL_UNSUPPORTED_PROTOCOL",
];

const meanings: readonly Meaning[] = [
  {
    codes: ["ENOTFOUND"],
    consequence: "final",
    reason: "That host name does not exist: check the zone and the endpoint.",
  },
  {
    codes: certificateCodes,
    consequence: "final",
    reason: "Its TLS certificate is not trusted: a proxy may intercept the connection, or a clock is wrong.",
  },
  {
    codes: disagreementCodes,
    consequence: "final",
    reason:
      "It and this client agree on no version or cipher of TLS, or it wants a certificate of the client: check the endpoint and the proxy.",
  },
  { codes: ["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER"], consequence: "final", reason: "It does not speak TLS." },
  { codes: ["ECONNREFUSED"], consequence: "unsent", reason: "Nothing listens there: check the endpoint." },
  { codes: ["EAI_AGAIN"], consequence: "unsent", reason: "Name resolution does not work at the moment." },
  {
    codes: ["EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"],
    consequence: "unsent",
    reason: "No connection was possible: check the network and its proxies.",
  },
];

const brokenConnection: Omit<Meaning, "codes"> = { consequence: "doubtful", reason: "The connection broke." };
const noAnswerInTime: Omit<Meaning, "codes"> = { consequence: "doubtful", reason: "It did not answer in time." };

/** What a rejected `fetch`, or a body that broke off, means. */
export function networkFailure(site: ApiCallSite, endpoint: string, thrown: unknown): Failure {
  const code = networkErrorCode(thrown);
  const meaning =
    thrown instanceof DeadlinePassed
      ? noAnswerInTime
      : (meanings.find(({ codes }) => codes.includes(code)) ?? brokenConnection);
  const doubt =
    meaning.consequence === "doubtful" && site.method === "POST" ? " The request may have been carried out." : "";
  const reason = `${meaning.reason}${code ? ` (${code})` : ""}${doubt}`;
  return {
    consequence: meaning.consequence,
    error: new ApiUnreachableError(site, endpoint, reason, thrown),
  };
}

/** `fetch` rejects with a bare TypeError; what happened is the code of its cause, at some depth. */
function networkErrorCode(thrown: unknown): string {
  for (let error = thrown; isRecord(error); error = error["cause"]) {
    if (typeof error["code"] === "string") return error["code"];
  }
  return "";
}
