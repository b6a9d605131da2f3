import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { engineIsGone } from "../engine/alive";
import { providerService, type Schema } from "./service";
import { Session } from "./session";

/** The largest message that Pulumi's own plugins take: a stack's state may hold much. */
const largestMessage = 400 * 1024 * 1024;

/** How often to look whether the engine is still there. It ends its plugins, unless it was killed itself. */
const lookMs = 15_000;

/** A provider that is being served. */
export interface Served {
  /** Where, on 127.0.0.1. */
  readonly port: number;
  /** Ends it at once, whatever is under way. */
  close(): void;
}

/**
 * Serves the provider on a free port of loopback until the process is ended, or until the engine that started it is gone.
 *
 * @param engine `127.0.0.1:port` of that engine; absent if one is to attach itself
 */
export async function serve(engine: string | undefined, schema: Schema): Promise<Served> {
  const server = new Server({
    "grpc.max_receive_message_length": largestMessage,
    "grpc.max_send_message_length": largestMessage,
  });
  const session = new Session(engine);
  server.addService(ResourceProviderService, providerService(session, schema));
  if (engine !== undefined) endWith(engine, server);
  const close = () => {
    server.forceShutdown();
    session.display.close();
  };
  return await new Promise((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve({ port, close })));
  });
}

/** What is being done when the engine goes is brought to an end first. */
function endWith(engine: string, server: Server): void {
  const timer = setInterval(async () => {
    if (!(await engineIsGone(engine))) return;
    clearInterval(timer);
    server.tryShutdown(() => process.exit(0));
  }, lookMs);
  timer.unref();
}
