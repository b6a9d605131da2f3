/** One HTTP listener per zone: applies faults, answers and records. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault, Faults } from "../faults";
import { type Answer, type Answering, answerRequest, pathBelowPrefix, type Request, serverTime } from "./answer";
import type { Exchange } from "./exchange";
import { answerByHand, BY_HAND } from "./hand_request";
import type { OperationFault } from "./operations";
import type { Zone } from "./world";

/** What the listeners of all zones have in common. */
export interface ServerContext extends Answering {
  readonly faults: Faults;
  readonly credentials: { readonly apiKey: string; apiSecret: string };
  /** Called with each exchange when it has ended. */
  readonly record: (exchange: Exchange) => void;
  /** Runs a command that was given by hand. @returns what was done. @throws when that is not possible */
  readonly runByHand: (words: readonly string[]) => Promise<string>;
  /** Aborts delays when the emulator closes. */
  readonly closing: AbortSignal;
}

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
  zone.endpoint = `http://127.0.0.1:${address.port}/v2`;
  return server;
}

async function handle(context: ServerContext, zone: Zone, request: IncomingMessage, response: ServerResponse) {
  const at = Date.now();
  const started = performance.now();
  const incoming = await read(request);
  if (incoming.url === BY_HAND) {
    const { runByHand, credentials, world } = context;
    return void write(response, await answerByHand(incoming, credentials, serverTime(world), runByHand));
  }
  const fault = context.faults.take(incoming.method, incoming.path ?? "");
  const answer = await answerOrFail(context, zone, incoming, fault);
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

async function read(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const { url = "/", method = "GET", headers } = request;
  const { authorization } = headers;
  return { url, path: pathBelowPrefix(url), method, body: Buffer.concat(chunks), authorization };
}

/** Runs the request. @returns the answer; undefined when a fault suppresses it */
async function answerOrFail(context: ServerContext, zone: Zone, request: Request, fault: Fault | undefined) {
  if (fault?.kind === "reset") return undefined;
  if (fault?.kind === "status") return { status: fault.status, body: fault.body ?? {}, headers: fault.headers ?? {} };
  if (fault?.kind === "delay") await delay(fault.ms, undefined, { signal: context.closing });
  const answer = answerRequest(context, zone, request, operationFault(fault));
  return fault?.kind === "lost-reply" ? undefined : answer;
}

function operationFault(fault: Fault | undefined): OperationFault | undefined {
  if (fault?.kind !== "operation-failure" && fault?.kind !== "born-failure") return undefined;
  const { reason = "fault", message = "The operation failed as ordered" } = fault;
  return { born: fault.kind === "born-failure", reason, message };
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
