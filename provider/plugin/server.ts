import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { engineIsGone } from "../engine/alive";
import { providerService, type Schema } from "./service";
import { Session } from "./session";

/** The largest message that Pulumi's own plugins accept, in bytes: a stack's state may be large. */
const LARGEST_MESSAGE = 400 * 1024 * 1024;

/** How often to check whether the engine still runs. An engine ends its plugins, unless it is killed itself. */
const ENGINE_CHECK_INTERVAL_MS = 15_000;

/** A provider that is being served. */
export interface Served {
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** Ends the server at once, also while calls run. */
  close(): void;
  /** Does what remains at the end of the engine's operation. */
  finish(): Promise<void>;
}

/**
 * Serves the provider on a free port of 127.0.0.1, until the process ends or the engine that started it is gone.
 *
 * @param engine `127.0.0.1:port` of that engine; absent if an engine attaches itself later
 */
export async function serve(engine: string | undefined, schema: Schema): Promise<Served> {
  const server = new Server({
    "grpc.max_receive_message_length": LARGEST_MESSAGE,
    "grpc.max_send_message_length": LARGEST_MESSAGE,
  });
  const session = new Session(engine);
  server.addService(ResourceProviderService, providerService(session, schema));
  if (engine !== undefined) endWithEngine(engine, server);
  const close = () => {
    server.forceShutdown();
    session.display.close();
  };
  return await new Promise((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    const finish = () => session.finish();
    server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
      error ? reject(error) : resolve({ port, close, finish }),
    );
  });
}

/** Ends the process after the engine is gone. Calls that still run are finished first. */
function endWithEngine(engine: string, server: Server): void {
  const timer = setInterval(async () => {
    if (!(await engineIsGone(engine))) return;
    clearInterval(timer);
    server.tryShutdown(() => process.exit(0));
  }, ENGINE_CHECK_INTERVAL_MS);
  timer.unref();
}
