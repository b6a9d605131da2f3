/** One HTTP listener per zone: applies faults, checks the signature, runs the route, answers and records. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault, Faults } from "../faults";
import { ApiError, badRequest, deniedByRole, invalidSignature } from "./errors";
import type { Exchange } from "./exchange";
import { answerByHand, BY_HAND } from "./hand_request";
import { answerWithoutRoute } from "./not_emulated";
import type { OperationFault } from "./operations";
import { router } from "./routes";
import { isSignedBy } from "./signature";
import type { World, Zone } from "./world";

/** What the listeners of all zones have in common. */
export interface ServerContext {
  readonly world: World;
  readonly faults: Faults;
  /** The accepted API key and its current secret. */
  readonly credentials: { readonly apiKey: string; apiSecret: string };
  /** Called with each exchange when it has ended. */
  readonly record: (exchange: Exchange) => void;
  /** Runs a command that was given by hand. @returns what was done. @throws when that is not possible */
  readonly runByHand: (words: readonly string[]) => Promise<string>;
  /** Aborts delays when the emulator closes. */
  readonly closing: AbortSignal;
}

/** Status, body and headers of an answer. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly url: string;
  /** Below `/v2`; undefined for a path elsewhere. */
  readonly path: string | undefined;
  readonly body: Buffer;
}

const PREFIX = "/v2";

/** Opens the listener of a zone and sets the zone's endpoint. @throws when the port is taken */
export async function listen(context: ServerContext, zone: Zone, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    // The client has closed the connection, so there is no answer to send.
    handle(context, zone, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  // A TCP server's address is always of this form.
  const address = server.address() as AddressInfo;
  zone.endpoint = `http://127.0.0.1:${address.port}${PREFIX}`;
  return server;
}

async function handle(context: ServerContext, zone: Zone, request: IncomingMessage, response: ServerResponse) {
  const at = Date.now();
  const started = performance.now();
  const incoming = await read(request);
  if (incoming.url === BY_HAND) {
    const { runByHand, credentials, world } = context;
    const signed = { ...incoming, authorization: request.headers.authorization };
    return void write(response, await answerByHand(signed, credentials, serverTime(world), runByHand));
  }
  const fault = context.faults.take(incoming.method, incoming.path ?? "");
  const answer = await answerRequest(context, zone, incoming, fault);
  if (answer) response.setHeader("date", new Date(serverTime(context.world)).toUTCString());
  const answered = answer ? write(response, answer) : closeWithoutAnswer(request, fault);
  const ms = Math.round(performance.now() - started);
  const { method, url: path, body } = incoming;
  context.record({
    request: { at, zone: zone.name, method, path, status: answer?.status ?? 0, ms },
    agent: request.headers["user-agent"] ?? "",
    sent: body.toString(),
    answered,
    fault: fault?.kind,
  });
}

async function read(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const url = request.url ?? "/";
  const [whole = ""] = url.split("?");
  const path = whole.startsWith(`${PREFIX}/`) ? whole.slice(PREFIX.length) : undefined;
  return { request, url, path, method: request.method ?? "GET", body: Buffer.concat(chunks) };
}

/** Runs the request. @returns the answer; undefined when a fault suppresses it */
async function answerRequest(context: ServerContext, zone: Zone, incoming: Incoming, fault: Fault | undefined) {
  if (fault?.kind === "reset") return undefined;
  if (fault?.kind === "status") return { status: fault.status, body: fault.body ?? {}, headers: fault.headers ?? {} };
  if (fault?.kind === "delay") await delay(fault.ms, undefined, { signal: context.closing });
  const answer = runRoute(context, zone, incoming, operationFault(fault));
  return fault?.kind === "lost-reply" ? undefined : answer;
}

function operationFault(fault: Fault | undefined): OperationFault | undefined {
  if (fault?.kind !== "operation-failure" && fault?.kind !== "born-failure") return undefined;
  const { reason = "fault", message = "The operation failed as ordered" } = fault;
  return { born: fault.kind === "born-failure", reason, message };
}

function runRoute(context: ServerContext, zone: Zone, incoming: Incoming, fault: OperationFault | undefined): Answer {
  try {
    const isSigned = authenticate(context, incoming);
    const { method, path = "" } = incoming;
    checkEscapes(path);
    const route = router.find(method, path);
    if (isSigned) checkLimits(context.world, route?.name);
    if (!route) return { status: 200, body: answerWithoutRoute(method, path) };
    const query = new URLSearchParams(incoming.url.split("?")[1] ?? "");
    const body = parseBody(incoming.body);
    const answer = route.handler({ world: context.world, zone, params: route.params, query, body, fault });
    // A client that has the answer finds the change after a restart.
    if (method !== "GET") context.world.save();
    return { status: 200, body: answer };
  } catch (error) {
    if (error instanceof ApiError) {
      return {
        status: error.status,
        headers: error.headers,
        body: error.body(context.world.settings.unrecordedBodies),
      };
    }
    return { status: 500, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}

/** Whether the request is signed. @throws ApiError 403 for an invalid signature, and for a missing one */
function authenticate({ credentials, world }: ServerContext, incoming: Incoming): boolean {
  const { request, method, url, path, body } = incoming;
  const { authorization } = request.headers;
  // Zones are public, so that a restricted key finds its endpoint. A signed request for them is checked like any other.
  if (method === "GET" && path === "/zone" && authorization === undefined) return false;
  const validity = { now: serverTime(world), longestExpiry: world.settings.longestExpiry };
  const { apiKey, apiSecret } = credentials;
  if (isSignedBy({ method, url, body, authorization }, apiKey, apiSecret, validity)) return true;
  throw invalidSignature();
}

function serverTime({ settings }: World): number {
  return Date.now() + settings.clockAhead * 1000;
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

/** Sends the answer. @returns its body as text */
function write(response: ServerResponse, { status, body, headers }: Answer): string {
  const isText = typeof body === "string";
  const type = isText ? "text/plain" : "application/json";
  const text = isText ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(text);
  return text;
}

function closeWithoutAnswer({ socket }: IncomingMessage, fault: Fault | undefined): "" {
  if (fault?.kind === "reset") socket.resetAndDestroy();
  else socket.destroy();
  return "";
}
