import { type ApiCallSite, ApiError, InvalidNameError } from "../errors";
import type { Clock } from "./clock";
import { networkFailure } from "./network";
import type { ApiOptions, Call } from "./options";
import { isRecord, parseJson, type RefusedAnswer, refusalError } from "./refusal";
import type { Consequence, Outcome } from "./retry";
import { authorization, type Credentials } from "./signature";

export type Method = "GET" | "PUT" | "POST" | "DELETE";

/**
 * Seconds for which a signature is valid. Exoscale's own clients sign for 600, and nobody knows whether the API accepts
 * more. With half of that a clock may be five minutes off, either way.
 */
const SIGNATURE_LIFETIME = 300;
/** Shortest time that a try gets, in ms, even the last one before a deadline. */
const MIN_TRY_TIMEOUT = 5000;

/** An HTTP answer, read to its end. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends a call once, with a signature of its own.
 *
 * @throws what the credentials callback throws, and the signal's reason; every other error is a failure in the outcome
 */
export async function sendOnce<T extends object>(
  method: Method,
  call: Call,
  options: ApiOptions & { readonly clock: Clock },
  deadline: number,
): Promise<Outcome<T>> {
  options.signal?.throwIfAborted();
  const site = { what: call.what, method, path: call.path };
  const credentials = options.credentials === "unsigned" ? undefined : checkCredentials(options.credentials());
  const url = callUrl(options.endpoint, call);
  const body = call.body ? JSON.stringify(call.body) : "";
  const now = options.clock.now();
  const expires = Math.floor(now / 1000) + SIGNATURE_LIFETIME;
  const signed = { method, path: url.pathname, query: call.query ?? {}, body };
  const headers = {
    Accept: "application/json",
    "User-Agent": options.userAgent ?? "pulumi-exoscale-ssh",
    ...(body ? { "Content-Type": "application/json" } : {}),
    ...(credentials ? { Authorization: authorization(signed, credentials, expires) } : {}),
  };
  const timeoutMs = Math.ceil(Math.min(options.tryTimeoutMs ?? 60_000, Math.max(MIN_TRY_TIMEOUT, deadline - now)));
  try {
    // A request that changes something is not aborted once it is sent: nobody would know what it has created.
    const signal = method === "GET" ? options.signal : undefined;
    if (method !== "GET") options.onChange?.();
    const answer = await fetchAnswer(url, { method, headers, ...(body ? { body } : {}) }, timeoutMs, signal);
    return outcomeOf<T>(site, answer, secretsIn(call, credentials), now);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { failure: networkFailure(site, options.endpoint, error) };
  }
}

/** @throws InvalidNameError when the key does not fit a header. It is not shown: it may be the secret by mistake */
function checkCredentials(credentials: Credentials): Credentials {
  if (/^[\x21-\x7e]+$/.test(credentials.apiKey)) return credentials;
  throw new InvalidNameError("API key", "(not shown)", "one word without spaces or line breaks");
}

/** @throws InvalidNameError when a URL parser would change the path, as it does with `..` */
function callUrl(endpoint: string, call: Call): URL {
  const base = endpointUrl(endpoint);
  const url = new URL(base.href + call.path);
  if (url.pathname !== base.pathname + call.path || url.search !== "") {
    throw new InvalidNameError("API path", call.path, "a path that a URL parser leaves unchanged");
  }
  url.search = new URLSearchParams(call.query).toString();
  return url;
}

/** @throws InvalidNameError when the endpoint is not an http(s) URL */
export function endpointUrl(endpoint: string): { readonly href: string; readonly pathname: string } {
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw new InvalidNameError("API endpoint", endpoint.replace(/\/\/.*@/, "//"), "https://host/v2");
  }
  return { href: url.href.replace(/\/+$/, ""), pathname: url.pathname.replace(/\/+$/, "") };
}

async function fetchAnswer(url: URL, init: RequestInit, timeoutMs: number, signal?: AbortSignal): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, {
    ...init,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    // A redirect that is followed would carry the signature elsewhere and turn a POST into a GET.
    redirect: "manual",
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function outcomeOf<T extends object>(
  site: ApiCallSite,
  answer: Answer,
  secrets: readonly string[],
  now: number,
): Outcome<T> {
  const { status, headers, body } = answer;
  const ok = status >= 200 && status < 300;
  const parsed = ok ? parseJson(body) : undefined;
  // The boundary: from here on an answer has the type that Exoscale's API document declares.
  if (isRecord(parsed)) return { value: parsed as T };

  const contentType = headers.get("content-type") ?? "";
  const clockAhead = secondsAhead(now, headers.get("date"));
  const refused: RefusedAnswer = { status, contentType, clockAhead, body: ok ? "an answer that is not JSON" : body };
  const error = refusalError(site, refused, secrets);
  return { failure: { consequence: consequenceOf(status), error, retryAfter: headers.get("retry-after") } };
}

function consequenceOf(status: number): Consequence {
  if (status === 429) return "throttled";
  const transient = status === 408 || (status >= 500 && status !== 501);
  return transient ? "doubtful" : "final";
}

function secondsAhead(now: number, date: string | null): number {
  const server = date ? Date.parse(date) : Number.NaN;
  return Number.isNaN(server) ? 0 : Math.round((now - server) / 1000);
}

/** Texts that no message may contain, even if the server echoes them: the secret, and user data in both forms. */
function secretsIn(call: Call, credentials: Credentials | undefined): string[] {
  const userData = call.body && "user-data" in call.body ? call.body["user-data"] : undefined;
  const texts = typeof userData === "string" ? [userData, Buffer.from(userData, "base64").toString()] : [];
  return credentials ? [credentials.apiSecret, ...texts] : texts;
}

/** The items of a list answer. @throws ApiError when there is no list, which is not the same as an empty list */
export function itemsOf<T>(site: ApiCallSite, answer: object, property: string): readonly T[] {
  const items = isRecord(answer) ? answer[property] : undefined;
  if (Array.isArray(items)) return items;
  throw new ApiError(site, {
    status: 200,
    messages: [`the answer has no "${property}"`],
    hint: "This does not look like Exoscale's API: check the endpoint",
  });
}
