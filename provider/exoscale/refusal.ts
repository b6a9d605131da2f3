import {
  type ApiCallSite,
  ApiError,
  type ApiRefusal,
  CredentialsRejectedError,
  NotFoundError,
  PermissionDeniedError,
} from "../errors";
import { redact } from "./secret_texts";
import { serverText } from "./server_text";

/** An answer that is not a success, as it came over the wire. */
export interface RefusedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Seconds by which this machine's clock is ahead of the server's `Date` header; 0 when that is absent. */
  readonly clockAhead: number;
}

/** Most messages of a server that an error repeats. */
const MOST_MESSAGES = 10;
/** Seconds by which clocks may differ before an error mentions it. */
const CLOCK_TOLERANCE = 60;

/**
 * The error for an unsuccessful answer.
 *
 * @param secrets texts that no message may contain, even if the server echoes them
 */
export function refusalError(site: ApiCallSite, answer: RefusedAnswer, secrets: readonly string[]): ApiError {
  const messages = serverMessages(answer)
    .slice(0, MOST_MESSAGES)
    .map((message) => serverText(redact(message, secrets)));
  const { status } = answer;
  const Kind = errorClass(answer, messages.join("; "));
  return new Kind(site, { status, messages, hint: hintFor(Kind, { status, messages }, answer) });
}

function errorClass({ status, contentType }: RefusedAnswer, text: string): typeof ApiError {
  // A web page that says "not found" comes from something that is not the API: it proves no absence.
  if (status === 404 && !contentType.includes("html")) return NotFoundError;
  if (status === 401 || (status === 403 && /signature|credential/i.test(text))) return CredentialsRejectedError;
  if (status === 403 && !/protection/i.test(text)) return PermissionDeniedError;
  return ApiError;
}

function hintFor(Kind: typeof ApiError, refusal: ApiRefusal, answer: RefusedAnswer): string | undefined {
  if (Kind === CredentialsRejectedError) return credentialsHint(answer.clockAhead);
  if (Kind === PermissionDeniedError) return "Allow this operation in the IAM role of the API key, or use another key";
  const text = refusal.messages.join("; ");
  return hints.find(({ applies }) => applies(refusal.status, text, answer))?.hint;
}

const hints: readonly { applies(status: number, text: string, answer: RefusedAnswer): boolean; hint: string }[] = [
  {
    applies: (status, text) => status === 409 && /public key is invalid/i.test(text),
    hint:
      "Exoscale documents ssh-ed25519 and ssh-rsa keys; short RSA keys and other types, such as ecdsa, may be refused: " +
      "use ed25519. A security key (sk-) can still be put on a machine by an AuthorizedKey",
  },
  {
    applies: (status, text) => status === 403 && /protection/i.test(text),
    hint:
      "Remove the protection first: deletionProtection: false and `pulumi up` where the program declares it, otherwise " +
      "`exo compute instance update --zone ZONE INSTANCE --protection=false`",
  },
  {
    applies: (status, text) => status === 409 && /quota/i.test(text),
    hint: "Delete what you no longer need, or ask Exoscale to raise the quota",
  },
  {
    applies: (status) => status === 429,
    hint: "The account's rate limit is used up: try again later, or run Pulumi with a smaller `--parallel`",
  },
  { applies: (status) => status >= 500, hint: "This is a fault on Exoscale's side: try again later" },
  {
    applies: (status, _, { contentType }) => status < 400 || contentType.includes("html"),
    hint: "This does not look like Exoscale's API: check that the endpoint is right and ends in /v2",
  },
];

function credentialsHint(clockAhead: number): string {
  const key = "Check that exoscale-ssh:apiKey and exoscale-ssh:apiSecret belong together and were not revoked";
  if (Math.abs(clockAhead) <= CLOCK_TOLERANCE) return `${key}, and that this machine's clock is right`;
  const minutes = Math.max(1, Math.round(Math.abs(clockAhead) / 60));
  return `${key}. This machine's clock is ${minutes} min ${clockAhead > 0 ? "ahead of" : "behind"} Exoscale's: set it`;
}

/** Every sentence in an error body, in any of the shapes that Exoscale uses: its own, RFC 9457, plain text. */
function serverMessages({ body, contentType }: RefusedAnswer): string[] {
  if (contentType.includes("html")) return ["a web page"];
  const parsed = parseJson(body);
  if (!isRecord(parsed)) return body.trim() ? [body.trim()] : [];
  const details = Array.isArray(parsed["errors"]) ? parsed["errors"].map(detailMessage) : [];
  const texts = [parsed["message"], parsed["title"], parsed["detail"], parsed["error"], ...details];
  return [...new Set(texts.filter((text) => typeof text === "string" && text !== ""))] as string[];
}

/** One entry of `errors`: a text, or an object that says where and what. */
function detailMessage(entry: unknown): unknown {
  if (!isRecord(entry)) return entry;
  const where = entry["path"] ?? entry["location"];
  const message = entry["message"] ?? entry["detail"];
  return typeof where === "string" && typeof message === "string" ? `${where}: ${message}` : message;
}

/** The value of a JSON text; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
