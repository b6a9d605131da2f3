import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "../resources/contract/resource";
import { redact } from "./redaction";

/** Lines about one resource, on their way to the row that the engine shows for it. */
export interface Lines extends Log {
  /** For `pulumi up --debug` alone. */
  debug(message: string): void;
  /** Waits until the engine has them all; a line that comes after the answer to a call is lost. Never rejects. */
  delivered(): Promise<void>;
}

/** The engine's display (Pulumi's Engine service). Without an address, lines go nowhere. */
export class Display {
  private readonly engine: EngineClient | undefined;

  /** @param address `127.0.0.1:port`, as the engine gives it to a plugin */
  constructor(readonly address?: string) {
    this.engine = address === undefined ? undefined : new EngineClient(address, credentials.createInsecure());
  }

  /** @param urn the resource that they are about; empty for the stack as a whole */
  lines(urn = ""): Lines {
    const sent: Promise<void>[] = [];
    const send = (severity: LogSeverity, ephemeral: boolean) => (message: string) => {
      sent.push(this.send(line(severity, message, urn, ephemeral)));
    };
    return {
      info: send(LogSeverity.INFO, false),
      warn: send(LogSeverity.WARNING, false),
      progress: send(LogSeverity.INFO, true),
      debug: send(LogSeverity.DEBUG, false),
      delivered: async () => void (await Promise.all(sent)),
    };
  }

  /** Ends the connection. */
  close(): void {
    this.engine?.close();
  }

  private send(request: LogRequest): Promise<void> {
    const sent = new Promise<void>((resolve) => (this.engine ? this.engine.log(request, () => resolve()) : resolve()));
    // An engine that has gone away, or whose place another one took, shows nothing any more; that is no failure of what is
    // being done. A rejection that nobody waits for would end the process.
    return sent.catch(() => {});
  }
}

function line(severity: LogSeverity, message: string, urn: string, ephemeral: boolean): LogRequest {
  const request = new LogRequest();
  request.setSeverity(severity);
  request.setMessage(redact(message));
  request.setUrn(urn);
  request.setEphemeral(ephemeral);
  return request;
}
