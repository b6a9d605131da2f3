import { Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** A log line of a plugin. */
export interface Line {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  /** The resource that it is about; empty for the stack. */
  readonly urn: string;
  /** Whether the engine removes it when the resource is done. */
  readonly ephemeral: boolean;
}

const severities: Readonly<Record<LogSeverity, Line["severity"]>> = {
  [LogSeverity.DEBUG]: "debug",
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
};

/** The engine's service that receives the log lines of plugins. This one stores them. */
export class EngineOnLoopback {
  readonly lines: Line[] = [];

  readonly #server: Server;

  private constructor(
    server: Server,
    readonly address: string,
  ) {
    this.#server = server;
  }

  static async start(): Promise<EngineOnLoopback> {
    const server = new Server();
    const lines: Line[] = [];
    server.addService(EngineService, {
      log: ({ request }: { request: LogRequest }, answer: (error: null, empty: Empty) => void) => {
        lines.push(lineOf(request));
        answer(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = ServerCredentials.createInsecure();
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    const engine = new EngineOnLoopback(server, `127.0.0.1:${port}`);
    return Object.assign(engine, { lines });
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

function lineOf(request: LogRequest): Line {
  return {
    severity: severities[request.getSeverity()],
    message: request.getMessage(),
    urn: request.getUrn(),
    ephemeral: request.getEphemeral(),
  };
}
