import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Api, type ApiOptions } from "../../provider/exoscale/client";
import { credentials } from "./scripted_server";

export interface SlowServer {
  readonly endpoint: string;
  /** A client of this server, on the real clock. */
  readonly api: (options?: Partial<ApiOptions>) => Api;
  readonly close: () => void;
}

/** An HTTP server that sends a text byte by byte. Of an empty text it does not even send the status. */
export async function serveSlowly(text: string, msPerByte: number): Promise<SlowServer> {
  const server = createServer(async (_, response) => {
    if (text === "") return;
    response.writeHead(200, { "Content-Type": "application/json" });
    for (const byte of text) {
      if (response.destroyed) return;
      response.write(byte);
      await pause(msPerByte);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  return {
    endpoint,
    api: (options) => new Api({ endpoint, credentials: () => credentials, ...options }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
