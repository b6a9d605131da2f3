import type { Duplex } from "node:stream";
import { type AuthenticationType, Client, type ServerHostKeyAlgorithm } from "ssh2";
import { onAbort } from "../../deadline";
import { offer } from "./algorithms";
import { explainFailure, type Failure, loginRefusedError, type Phase } from "./handshake_failure";
import type { HostKeyCheck } from "./host_key";
import type { LoginStep } from "./login_step";

/** How to shake hands on a stream to an SSH server. */
export interface HandshakeOptions {
  /** A TCP connection, or a channel through a bastion. */
  readonly stream: Duplex;
  /** Checks the host key. Unless it accepts the key, nothing is sent. */
  readonly check: HostKeyCheck;
  readonly hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[];
  /** Tried in this order. Without steps, the handshake ends after the host has proven its key. */
  readonly steps: readonly LoginStep[];
}

/** A connection on which the host has proven its key and, if there were steps, accepted the login. */
export interface Opened {
  readonly client: Client;
  readonly stream: Duplex;
  /** The step that the server accepted. */
  readonly acceptedStep: LoginStep | undefined;
}

/** Speaks SSH up to the end of the login. On failure it closes the stream; the error is one of errors/. */
export function handshake(options: HandshakeOptions, signal: AbortSignal): Promise<Opened> {
  return new Handshake(options).run(signal);
}

/** What a server may send up to the end of the login: far more than any sshd, whose longest message is its banner. */
const MAX_LOGIN_BYTES = 1024 * 1024;

/** How long a server may take to close its side after our disconnect message. */
const DISCONNECT_MS = 1000;

/** Disconnects properly, which servers do not penalize, and closes the stream in any case. */
export function closeConnection(client: Client, stream: Duplex): void {
  client.end();
  if (stream.destroyed) return;
  const timer = setTimeout(() => stream.destroy(), DISCONNECT_MS);
  stream.once("close", () => clearTimeout(timer));
}

/**
 * After each login, the client library asks an OpenSSH server to sign for all of its host keys, to announce them to
 * whoever listens. Nobody does here, and the signatures cost both sides more than all our questions. The library asks
 * no server whose version it does not know; it has no option for that. Without this, connections are slower.
 */
function askForNoProofs(client: Client): void {
  Object.assign(client, { _remoteVer: "" });
}

/** Errors that the client library reports on the way to the next step; they do not end the login. */
const stepErrors: readonly unknown[] = ["agent", "client-authentication"];

class Handshake {
  readonly #client = new Client();
  readonly #tried: LoginStep[] = [];
  #phase: Phase = "banner";
  #words = "";
  #received = 0;
  readonly #options: HandshakeOptions;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<Opened> {
    const { stream, steps } = this.#options;
    let forget = () => {};
    let count = (_bytes: Buffer) => {};
    try {
      await new Promise<void>((resolve, reject) => {
        this.#listen(resolve, (cause) => reject(this.#explain(cause)));
        count = (bytes) => this.#count(bytes, () => reject(this.#explain("flood")));
        stream.on("data", count);
        forget = onAbort(signal, (reason) => reject(this.#explain({ aborted: reason })));
        this.#connect(reject);
      });
    } catch (error) {
      closeConnection(this.#client, stream);
      throw error;
    } finally {
      forget();
      stream.off("data", count);
    }
    return { client: this.#client, stream, acceptedStep: steps.length > 0 ? this.#tried.at(-1) : undefined };
  }

  #listen(done: () => void, fail: (cause: Failure) => void): void {
    this.#client.on("error", (error) => {
      if (!("level" in error && stepErrors.includes(error.level))) fail({ error });
    });
    this.#client.on("close", () => fail("closed"));
    this.#client.on("handshake", () => {
      this.#phase = "login";
      askForNoProofs(this.#client);
      if (this.#options.steps.length === 0) done();
    });
    this.#client.on("ready", done);
  }

  /** Remembers the first words, and ends a connection whose server does not stop: the client library would keep it all. */
  #count(bytes: Buffer, fail: () => void): void {
    if (this.#received === 0) this.#words = bytes.toString("latin1", 0, 100);
    this.#received += bytes.length;
    if (this.#received <= MAX_LOGIN_BYTES) return;
    fail();
    // A channel through a bastion may still get what is on its way.
    this.#options.stream.removeAllListeners("data").destroy();
  }

  #connect(fail: (error: unknown) => void): void {
    const { stream, check, hostKeyAlgorithms } = this.#options;
    this.#client.connect({
      sock: stream,
      username: check.target.user,
      algorithms: offer(hostKeyAlgorithms),
      // The deadline is ours.
      readyTimeout: 0,
      hostVerifier: (blob: Buffer) => {
        this.#phase = "key exchange";
        return check.judge(blob);
      },
      authHandler: (methods: AuthenticationType[] | null, _partial, next) => {
        this.#tried.at(-1)?.refused?.(methods ?? undefined);
        const step = this.#options.steps[this.#tried.length];
        if (!step) return fail(loginRefusedError({ check, tried: this.#tried }, methods));
        this.#tried.push(step);
        next(step.method(check.target.user));
      },
    });
  }

  #explain(cause: Failure): unknown {
    const { check, steps } = this.#options;
    const phase = this.#phase === "banner" && this.#words !== "" ? "key exchange" : this.#phase;
    const untried = steps.slice(this.#tried.length);
    return explainFailure(cause, { check, phase, words: this.#words, tried: this.#tried, untried });
  }
}
