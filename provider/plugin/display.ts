import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "../resources/contract/resource";
import { redact } from "./redaction";

/** Log lines about one resource. The engine shows them in its row. */
export interface Lines extends Log {
  /** Shown by `pulumi up --debug` only. */
  debug(message: string): void;
  /** Waits until the engine has all lines. A line that arrives after the answer to a call is lost. Never rejects. */
  flush(): Promise<void>;
}

/** The engine's display (Pulumi's Engine service). Without an address, all lines are dropped. */
export class Display {
  readonly #engine: EngineClient | undefined;

  /** @param address `127.0.0.1:port`, as the engine gives it to a plugin */
  constructor(readonly address?: string) {
    this.#engine = address === undefined ? undefined : new EngineClient(address, credentials.createInsecure());
  }

  /** @param urn the resource that the lines are about; empty for the stack as a whole */
  lines(urn = ""): Lines {
    const sent: Promise<void>[] = [];
    const send = (severity: LogSeverity, ephemeral: boolean) => (message: string) => {
      sent.push(this.#send(line(severity, message, urn, ephemeral)));
    };
    return {
      info: send(LogSeverity.INFO, false),
      warn: send(LogSeverity.WARNING, false),
      progress: send(LogSeverity.INFO, true),
      debug: send(LogSeverity.DEBUG, false),
      flush: async () => void (await Promise.all(sent)),
    };
  }

  /** Ends the connection. */
  close(): void {
    this.#engine?.close();
  }

  #send(request: LogRequest): Promise<void> {
    const sent = new Promise<void>((resolve) =>
      this.#engine ? this.#engine.log(request, () => resolve()) : resolve(),
    );
    // An engine that has ended, or that another one replaced, shows no lines. The call itself has not failed. And an
    // unhandled rejection would end the process.
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
