/** Somebody in between: a proxy in front of an emulator that rewrites its answers. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

export interface RewritingProxy {
  readonly endpoint: string;
  readonly close: () => void;
}

/**
 * Starts a proxy on loopback. In the list of zones it stands for the API of every zone.
 *
 * @param behind the endpoint of the only zone
 * @param rewrite the answer to pass on; `path` is that of the request, such as `/v2/instance`
 */
export async function startProxy(
  behind: string,
  rewrite: (answer: Json, path: string) => Json,
): Promise<RewritingProxy> {
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const body = await buffer(request);
    const { authorization, "content-type": type } = headers;
    const passed = { ...(authorization && { authorization }), ...(type && { "content-type": type }) };
    const init = { method, headers: passed, ...(body.length > 0 && { body }) };
    const answer = await fetch(new URL(url, behind), init);
    const text = (await answer.text()).replaceAll(behind, endpoint);
    response.writeHead(answer.status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(rewrite(JSON.parse(text), url.replace(/\?.*/, ""))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  return {
    endpoint,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A value in which every object is replaced, at any depth, from the inside. */
export function mapObjects(value: Json, change: (object: { readonly [member: string]: Json }) => Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  const members = Object.entries(value).map(([name, inner]) => [name, mapObjects(inner, change)] as const);
  return change(Object.fromEntries(members));
}
