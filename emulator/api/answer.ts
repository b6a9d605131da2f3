/** Answers one request of the API, without a socket: checks the signature and the limits, and runs the route. */
import { ApiError, badRequest, deniedByRole, invalidSignature } from "./errors";
import { answerWithoutRoute } from "./not_emulated";
import type { OperationFault } from "./operations";
import { router } from "./routes";
import { isSignedBy, type SignedRequest } from "./signature";
import type { World, Zone } from "./world";

/** A request that has been read to its end. */
export interface Request extends SignedRequest {
  /** Below `/v2`, without the query; undefined for a path elsewhere. */
  readonly path: string | undefined;
}

/** Status, body and headers of an answer. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whom the API answers, and about what. */
export interface Answering {
  readonly world: World;
  /** The accepted API key and its current secret. */
  readonly credentials: { readonly apiKey: string; readonly apiSecret: string };
}

const PREFIX = "/v2";

/** The path of a URL below `/v2`, without the query; undefined for one elsewhere. */
export function pathBelowPrefix(url: string): string | undefined {
  const [whole = ""] = url.split("?");
  return whole.startsWith(`${PREFIX}/`) ? whole.slice(PREFIX.length) : undefined;
}

/**
 * Runs a request. Never throws: a refusal is an answer.
 *
 * @param fault how the operation fails that the request begins, if a test ordered that
 */
export function answerRequest(
  { world, credentials }: Answering,
  zone: Zone,
  request: Request,
  fault?: OperationFault,
): Answer {
  try {
    const isSigned = authenticate(world, credentials, request);
    const { method, path = "" } = request;
    checkEscapes(path);
    const route = router.find(method, path);
    if (isSigned) checkLimits(world, route?.name);
    if (!route) return { status: 200, body: answerWithoutRoute(method, path) };
    const query = new URLSearchParams(request.url.split("?")[1] ?? "");
    const body = parseBody(request.body);
    const answer = route.handler({ world, zone, params: route.params, query, body, fault });
    // A client that has the answer finds the change after a restart.
    if (method !== "GET") world.save();
    return { status: 200, body: answer };
  } catch (error) {
    if (error instanceof ApiError) {
      return { status: error.status, headers: error.headers, body: error.body(world.settings.unrecordedBodies) };
    }
    return { status: 500, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}

/** The time of the API, in milliseconds since 1970. */
export function serverTime({ settings }: World): number {
  return Date.now() + settings.clockAhead * 1000;
}

/** Whether the request is signed. @throws ApiError 403 for an invalid signature, and for a missing one */
function authenticate(world: World, { apiKey, apiSecret }: Answering["credentials"], request: Request): boolean {
  const { method, path, authorization } = request;
  // Zones are public, so that a restricted key finds its endpoint. A signed request for them is checked like any other.
  if (method === "GET" && path === "/zone" && authorization === undefined) return false;
  const validity = { now: serverTime(world), longestExpiry: world.settings.longestExpiry };
  if (isSignedBy(request, apiKey, apiSecret, validity)) return true;
  throw invalidSignature();
}

/** @throws ApiError 429 beyond the rate limit, 403 for what the role of the key denies */
function checkLimits({ settings, rateLimit }: World, route: string | undefined): void {
  rateLimit.count(settings.requestsPerSecond, performance.now());
  if (route !== undefined && settings.denied.includes(route)) throw deniedByRole();
}

/** @throws ApiError 400 for a percent escape that is no UTF-8 */
function checkEscapes(path: string): void {
  try {
    decodeURIComponent(path);
  } catch {
    throw badRequest("Malformed percent escape in the path");
  }
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    throw badRequest("Malformed JSON in request body");
  }
}
