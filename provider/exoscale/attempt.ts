import { withDeadline } from "../deadline";
import { type ApiCallSite, InvalidNameError } from "../errors";
import { type AnswerBody, readBody } from "./answer_body";
import type { Clock } from "./clock";
import { networkFailure } from "./network";
import type { ApiOptions, Call } from "./options";
import { isRecord, parseJson, refusalError } from "./refusal";
import type { Consequence, Outcome } from "./retry";
import { secretTexts } from "./secret_texts";
import { deleteNulls, findMissing, type Shape } from "./shape";
import { authorization, type Credentials } from "./signature";

export type Method = "GET" | "PUT" | "POST" | "DELETE";

/**
 * Seconds for which a signature is valid. Exoscale's own clients sign for 600, and nobody knows whether the API accepts
 * more. With half of that a clock may be five minutes off, either way.
 */
const SIGNATURE_LIFETIME = 300;
/** Shortest time that a try gets, in ms, even the last one before a deadline. */
const MIN_TRY_TIMEOUT = 5000;

/** An HTTP answer. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/**
 * Sends a call once, with a signature of its own.
 *
 * @param shape what the answer must have
 * @throws what the credentials callback throws, and the signal's reason; every other error is a failure in the outcome
 */
export async function sendOnce<T extends object>(
  method: Method,
  call: Call,
  shape: Shape,
  options: ApiOptions & { readonly clock: Clock; readonly deadline: number },
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
  const secrets = [...(credentials ? [credentials.apiSecret] : []), ...secretTexts(call)];
  const timeoutMs = Math.ceil(
    Math.min(options.tryTimeoutMs ?? 60_000, Math.max(MIN_TRY_TIMEOUT, options.deadline - now)),
  );
  try {
    // A request that changes something is not aborted once it is sent: nobody would know what it has created.
    const signal = method === "GET" ? options.signal : undefined;
    if (method !== "GET") options.onChange?.();
    const answer = await fetchAnswer(url, { method, headers, ...(body ? { body } : {}) }, timeoutMs, signal);
    const outcome = outcomeOf<T>(site, { answer, shape, secrets, now });
    if ("value" in outcome && options.leaveOutNulls) deleteNulls(outcome.value, shape);
    return outcome;
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
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== "" ||
    url.hash !== "" ||
    url.username + url.password !== ""
  ) {
    throw new InvalidNameError("API endpoint", endpoint.replace(/\/\/.*@/, "//"), "https://host/v2");
  }
  return { href: url.href.replace(/\/+$/, ""), pathname: url.pathname.replace(/\/+$/, "") };
}

/**
 * The time ends with the answer: a signal that lives longer keeps everything of the call, secrets included.
 *
 * @throws the signal's reason, DeadlinePassed, and what `fetch` throws
 */
async function fetchAnswer(url: URL, init: RequestInit, timeoutMs: number, outer?: AbortSignal): Promise<Answer> {
  return await withDeadline(timeoutMs, outer, async (signal) => {
    // A redirect that is followed would carry the signature elsewhere and turn a POST into a GET.
    const response = await fetch(url, { ...init, signal, redirect: "manual" });
    return { status: response.status, headers: response.headers, body: await readBody(response) };
  });
}

function outcomeOf<T extends object>(
  site: ApiCallSite,
  received: {
    readonly answer: Answer;
    readonly shape: Shape;
    readonly secrets: readonly string[];
    readonly now: number;
  },
): Outcome<T> {
  const { status, headers, body } = received.answer;
  const failure = (consequence: Consequence, told: string, contentType = "") => {
    const clockAhead = secondsAhead(received.now, headers.get("date"));
    const error = refusalError(site, { status, contentType, clockAhead, body: told }, received.secrets);
    return { failure: { consequence, error, retryAfter: headers.get("retry-after") } };
  };
  if (status < 200 || status >= 300) {
    const told = "text" in body ? body.text : body.fault;
    return failure(consequenceOf(status), told, headers.get("content-type") ?? "");
  }
  const parsed = "text" in body ? parseJson(body.text) : undefined;
  const fault = "fault" in body ? body.fault : faultOf(parsed, received.shape);
  // The boundary: from here on an answer has the type that Exoscale's API document declares.
  if (fault === undefined) return { value: parsed as T };
  return site.method === "GET"
    ? failure("final", fault)
    : failure("doubtful", `${fault}; it may have been carried out`);
}

/** What is wrong with a successful answer, such as one that was cut off. */
function faultOf(parsed: unknown, shape: Shape): string | undefined {
  if (!isRecord(parsed)) return "an answer that is not JSON";
  const missing = findMissing(parsed, shape);
  return missing === undefined ? undefined : `the answer has no valid "${missing}"`;
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
