/**
 * An Exoscale on loopback: API v2 with real signature checks, and guests to log in to.
 *
 * It exists so that programs, tests and demonstrations run without an account. Nothing of it listens on, or connects
 * to, anything but 127.0.0.0/8.
 */
import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { listen, type RecordedRequest, type ServerContext } from "./api/server";
import { World } from "./api/world";
import { Cloud } from "./cloud";
import { Faults } from "./faults";
import type { GuestKind } from "./guests/guest";
import { reserveSshPort, type SshPort } from "./guests/ssh_port";
import { Ssh2Kind } from "./guests/ssh2_kind";
import { DEFAULT_SETTINGS, type EmulatorOptions, ZONES } from "./options";

export type { RecordedRequest } from "./api/server";
export type { Cloud, GuestHand } from "./cloud";
export type { Fault, FaultKind, Faults } from "./faults";
export { type EmulatorOptions, type GuestKindName, type Settings, ZONES } from "./options";

/** The variables that point a program at the emulator. */
export interface EmulatorEnvironment {
  readonly EXOSCALE_API_KEY: string;
  readonly EXOSCALE_API_SECRET: string;
  /** `http://127.0.0.1:<port>/v2`, the endpoint of the first zone. */
  readonly EXOSCALE_API_ENDPOINT: string;
  /** The port that every guest's SSH server listens on. */
  readonly EXOSCALE_SSH_PORT: string;
}

/** A running emulator. */
export interface Emulator {
  /** What to export; the secret is the present one. */
  readonly environment: EmulatorEnvironment;
  /** The endpoint of the first zone. */
  readonly endpoint: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** A direct hand on the state, for changes behind a program's back. */
  readonly cloud: Cloud;
  /** Failures on demand. */
  readonly faults: Faults;
  /** From now on only this secret signs. */
  rotateSecret(newSecret: string): void;
  /** Closes every socket and process and removes every file. Calling it twice is fine. */
  close(): Promise<void>;
}

/**
 * Starts an emulator.
 *
 * @throws when a wanted port is taken, a zone is named twice, or the machine lacks loopback addresses for guests
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const zones = options.zones ?? ZONES;
  if (zones.length === 0 || new Set(zones).size < zones.length) throw new Error("Give at least one zone, each once");
  const sshPort = options.guests === "none" ? undefined : await reserveSshPort(options.sshPort);
  const port = sshPort?.port ?? options.sshPort ?? 22;
  try {
    return await open(options, zones, port, sshPort);
  } catch (error) {
    await sshPort?.release();
    throw error;
  }
}

async function open(options: EmulatorOptions, zones: readonly string[], port: number, sshPort: SshPort | undefined) {
  let world: World | undefined;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const closedPort = () => world?.settings.closedPort ?? settings.closedPort;
  const guests: GuestKind | undefined = sshPort && (await Ssh2Kind.open({ port, closedPort }));
  world = new World({ zones, operationMs: options.operationMs ?? 200, settings, sshPort: port, guests });
  const running = new RunningEmulator(options, world, port, sshPort);
  try {
    await running.listen(options.port ?? 0);
    return running;
  } catch (error) {
    await running.close();
    throw error;
  }
}

class RunningEmulator implements Emulator {
  readonly cloud: Cloud;
  readonly faults = new Faults();
  readonly requests: RecordedRequest[] = [];
  readonly #context: ServerContext;
  readonly #closing = new AbortController();
  readonly #servers: Server[] = [];
  #closed: Promise<void> | undefined;

  constructor(
    options: EmulatorOptions,
    readonly world: World,
    readonly port: number,
    readonly reserved: SshPort | undefined,
  ) {
    this.cloud = new Cloud(world);
    const apiKey = options.apiKey ?? `EXO${randomBytes(12).toString("hex")}`;
    const credentials = { apiKey, apiSecret: options.apiSecret ?? randomBytes(32).toString("base64url") };
    const record = (request: RecordedRequest) => {
      this.requests.push(request);
      options.log?.(logLine(request));
    };
    this.#context = { world, faults: this.faults, credentials, record, closing: this.#closing.signal };
  }

  get endpoint(): string {
    return this.world.zones[0]?.endpoint ?? "";
  }

  get environment(): EmulatorEnvironment {
    return {
      EXOSCALE_API_KEY: this.#context.credentials.apiKey,
      EXOSCALE_API_SECRET: this.#context.credentials.apiSecret,
      EXOSCALE_API_ENDPOINT: this.endpoint,
      EXOSCALE_SSH_PORT: String(this.port),
    };
  }

  rotateSecret(newSecret: string): void {
    this.#context.credentials.apiSecret = newSecret;
  }

  /** Opens one listener a zone; the first one gets the port. */
  async listen(port: number): Promise<void> {
    for (const [index, zone] of this.world.zones.entries()) {
      this.#servers.push(await listen(this.#context, zone, index === 0 ? port : 0));
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#servers.map(closeServer));
    await this.world.close();
    await this.reserved?.release();
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** `08:03:02.123 POST   /v2/instance 200 3 ms ch-gva-2`. */
function logLine({ at, zone, method, path, status, ms }: RecordedRequest): string {
  const time = new Date(at).toISOString().slice(11, 23);
  return `${time} ${method.padEnd(6)} ${path} ${status || "no answer"} ${ms} ms ${zone}`;
}
