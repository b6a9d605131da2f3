import type { Client, ClientChannel } from "ssh2";
import { DeadlinePassed, onAbort, withDeadline } from "../../deadline";
import { SshCommandError, SshConnectionLostError, SshTimeoutError } from "../../errors";
import { printable } from "../../errors/printable";
import { ignoreLateOutput, takesInput } from "./channel";
import { OutputBuffer } from "./output_buffer";
import { backoff, pause } from "./pause";

/** The result of a command. */
export interface ExecResult {
  /** Exit status; 255 if a signal ended the command, as with `ssh`. */
  readonly code: number;
  /** Standard output as UTF-8. */
  readonly stdout: string;
  /** Standard output byte for byte, for files that may not be UTF-8. */
  readonly stdoutBytes: Buffer;
  /** Standard error as UTF-8. */
  readonly stderr: string;
}

/** Limits for one command. */
export interface ExecOptions {
  /** Default 60 000 milliseconds. The command may continue on the host after that. */
  readonly timeoutMs?: number;
  /** For standard output and standard error, each. Default 16 MiB. */
  readonly maxOutputBytes?: number;
  /** An abort rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** A command, its standard input, and its limits. */
export interface Command extends ExecOptions {
  readonly command: string;
  readonly stdin: string | Buffer;
}

/** Runs a command on an open connection. `where` is the name of the host in errors. See SshSession.exec for the errors. */
export function runCommand(client: Client, where: string, command: Command): Promise<ExecResult> {
  return withDeadline(command.timeoutMs ?? 60_000, command.signal, (signal) => {
    const running = new RunningCommand(where, command.maxOutputBytes ?? 16 * 1024 * 1024);
    return running.run(client, command, signal);
  });
}

class RunningCommand {
  readonly #stdout = new OutputBuffer();
  readonly #stderr = new OutputBuffer();
  #code: number | undefined;
  #channel: ClientChannel | undefined;
  readonly #where: string;
  readonly #maxOutputBytes: number;

  constructor(where: string, maxOutputBytes: number) {
    this.#where = where;
    this.#maxOutputBytes = maxOutputBytes;
  }

  async run(client: Client, { command, stdin }: Command, signal: AbortSignal): Promise<ExecResult> {
    let forget = () => {};
    try {
      return await new Promise<ExecResult>((resolve, reject) => {
        forget = this.#onLoss(client, signal, reject);
        const follow = (channel: ClientChannel) => {
          this.#follow(channel, resolve, reject);
          if (!takesInput(channel)) {
            channel.close();
            reject(this.#takesNoInput());
          } else if (signal.aborted) channel.close();
          else channel.end(stdin);
        };
        start(client, command, follow, signal).catch((error: unknown) => reject(this.#notStarted(error)));
      });
    } finally {
      forget();
      this.#channel?.close();
    }
  }

  #onLoss(client: Client, signal: AbortSignal, fail: (reason: unknown) => void): () => void {
    const lose = () => fail(this.#lost());
    client.once("close", lose);
    const forget = onAbort(signal, (reason) => fail(reason instanceof DeadlinePassed ? this.#timedOut() : reason));
    return () => {
      client.off("close", lose);
      forget();
    };
  }

  #follow(channel: ClientChannel, done: (result: ExecResult) => void, fail: (error: Error) => void): void {
    this.#channel = channel;
    // A command may end before it has read all of its standard input.
    channel.on("error", () => undefined);
    ignoreLateOutput(channel);
    channel.on("data", this.#collector(this.#stdout, fail));
    channel.stderr.on("data", this.#collector(this.#stderr, fail));
    channel.on("exit", (code: number | null) => {
      this.#code = code ?? 255;
    });
    channel.on("close", () => (this.#code === undefined ? fail(this.#lost()) : done(this.#result(this.#code))));
  }

  #collector(output: OutputBuffer, fail: (error: Error) => void): (chunk: Buffer) => void {
    return (chunk) => {
      if (output.length + chunk.length > this.#maxOutputBytes) fail(this.#tooMuch());
      else output.add(chunk);
    };
  }

  #result(code: number): ExecResult {
    const stdoutBytes = this.#stdout.bytes;
    return { code, stdout: stdoutBytes.toString(), stdoutBytes, stderr: this.#stderr.bytes.toString() };
  }

  #notStarted(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    if (error.message === "Not connected") return this.#lost();
    if (!isOpenFailure(error))
      return new SshCommandError(`${this.#where} did not run a command: ${printable(error.message)}.`);
    return new SshCommandError(
      `${this.#where} accepted the login and opened no session (${printable(error.message)}): its sshd allows too few in a ` +
        "connection. Set MaxSessions to 1 or more in its sshd_config.",
    );
  }

  #tooMuch(): SshCommandError {
    return new SshCommandError(
      `A command on ${this.#where} wrote more than ${this.#maxOutputBytes} bytes, so it was abandoned.`,
    );
  }

  #takesNoInput(): SshCommandError {
    return new SshCommandError(`${this.#where} opened a session that takes no input. Is that port sshd's?`);
  }

  #timedOut(): SshTimeoutError {
    return new SshTimeoutError(`A command on ${this.#where} did not end in time; it may still be running there.`);
  }

  #lost(): SshConnectionLostError {
    return new SshConnectionLostError(`The connection to ${this.#where} ended before a command did.`);
  }
}

/** How often a session is asked for: sshd counts the one before it for a moment after it has ended (`MaxSessions`). */
const OPEN_TRIES = 8;

/** Starts a command. `follow` gets its channel at once, before anything of it can arrive. */
async function start(
  client: Client,
  command: string,
  follow: (channel: ClientChannel) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await new Promise<void>((resolve, reject) => {
        client.exec(command, (error, channel) => {
          if (error) return reject(error);
          follow(channel);
          resolve();
        });
      });
    } catch (error) {
      if (!isOpenFailure(error) || tries === OPEN_TRIES || !(await pause(backoff(tries, 20, 400), signal))) throw error;
    }
  }
}

/** Whether the server refused a session, in the client library's terms (RFC 4254, section 5.1). */
function isOpenFailure(error: unknown): boolean {
  return error instanceof Error && "reason" in error && typeof error.reason === "number";
}
