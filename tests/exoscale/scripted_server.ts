import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Api, type ApiOptions } from "../../provider/exoscale/client";
import type { Clock } from "../../provider/exoscale/clock";

/** What the server does with one request: answer, break the connection, or leave it open. */
export type Answer = Reply | "break" | "hang" | ((request: Received) => Answer | Promise<Answer>);

export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

export interface Received {
  readonly method: string;
  /** Path with the query, without the `/v2` of the endpoint. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface ScriptedServer {
  readonly endpoint: string;
  /** The requests so far, as they came. */
  readonly received: readonly Received[];
  /** The requests so far, as `METHOD /path`. */
  readonly lines: () => string[];
  /** A client of this server on a clock of its own. */
  readonly api: (options?: Partial<ApiOptions>) => Api;
  /** Pauses that the client's clock was asked for, in ms. */
  readonly pauses: readonly number[];
}

export const credentials = { apiKey: "EXOtest", apiSecret: "a secret" };

const running: (() => void)[] = [];

export function closeServers(): void {
  for (const close of running.splice(0)) close();
}

/** An HTTP server that gives the answers in turn; past the last one it says that the script is over. */
export async function serve(...script: Answer[]): Promise<ScriptedServer> {
  const received: Received[] = [];
  const pauses: number[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const path = (request.url ?? "").replace(/^\/v2/, "");
    const entry = { method: request.method ?? "", path, headers: request.headers, body };
    received.push(entry);
    await give(script.shift() ?? { status: 418, json: { message: "the script is over" } }, entry, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  running.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  return {
    endpoint,
    received,
    pauses,
    lines: () => received.map(({ method, path }) => `${method} ${path}`),
    api: (options) => new Api({ endpoint, credentials: () => credentials, clock: fakeClock(pauses), ...options }),
  };
}

/** A clock on which waiting takes no time; without jitter. */
export function fakeClock(pauses: number[] = [], start = Date.parse("2026-11-22T12:00:00Z")): Clock {
  let now = start;
  return {
    now: () => now,
    random: () => 0,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      pauses.push(ms);
      now += ms;
    },
  };
}

async function give(answer: Answer, request: Received, response: ServerResponse): Promise<void> {
  if (typeof answer === "function") return give(await answer(request), request, response);
  if (answer === "break") return void response.destroy();
  if (answer === "hang") return;
  const type = answer.text === undefined ? "application/json" : "text/plain";
  response.writeHead(answer.status ?? 200, { "Content-Type": type, ...answer.headers });
  response.end(answer.text ?? JSON.stringify(answer.json ?? {}));
}

/** Successful answers that do not say what was done. */
export const malformed: [string, Answer][] = [
  ["an answer that is cut off", { text: '{"id":"9999' }],
  ["an empty answer", { text: "" }],
  ["an answer without its members", { json: {} }],
  ["an answer in a state that no operation has", operation("done")],
  ["a web page", { text: "<html>", headers: { "Content-Type": "text/html" } }],
];

/** An id for tests: the same digit throughout. */
export function uuid(digit: number): string {
  const block = (length: number) => String(digit).repeat(length);
  return [8, 4, 4, 4, 12].map(block).join("-");
}

/** The envelope of an operation. */
export function operation(state: string, more: object = {}): Reply {
  return { json: { id: uuid(9), state, ...more } };
}
