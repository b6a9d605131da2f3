/**
 * An Exoscale on loopback: API v2 with real signature checks, and guests to log in to.
 *
 * Programs, tests and demonstrations run on it without an account. It listens on, and connects to, 127.0.0.0/8 only.
 */
import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { AdminControls } from "./admin_controls";
import { type Exchange, logLine, type RecordedRequest } from "./api/exchange";
import { listen, type ServerContext } from "./api/server";
import { restore, resume, type Snapshot, settleSnapshot, snapshotOf } from "./api/snapshot";
import { World } from "./api/world";
import { runByHand } from "./by_hand";
import { Faults } from "./faults";
import { GuestControls } from "./guest_controls";
import { openGuests } from "./guests/open_guests";
import { reserveSshPort, type SshPort } from "./guests/ssh_port";
import { type EmulatorOptions, ZONES } from "./options";
import { defaultSettings } from "./settings";
import { StateDirectory } from "./state_directory";
import { codeOf } from "./system_error";

export type { AdminControls as Cloud, GuestAdmin as GuestHand } from "./admin_controls";
export type { Exchange, RecordedRequest } from "./api/exchange";
export type { Fault, FaultKind, Faults } from "./faults";
export type { GuestControls } from "./guest_controls";
export type { Ended } from "./guests/command_result";
export type { ConnectionFault, GuestFault, TakeBack } from "./guests/guest_faults";
export { type EmulatorOptions, type GuestKindName, type HostKeyKind, type PenaltySettings, ZONES } from "./options";
export type { Settings } from "./settings";

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
  /** The variables to export, with the current secret. */
  readonly environment: EmulatorEnvironment;
  /** The endpoint of the first zone. */
  readonly endpoint: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Admin controls, for changes that do not come from the program under test. */
  readonly cloud: AdminControls;
  /** Orders failures of the API. */
  readonly faults: Faults;
  /** Orders failures of guests and of their network. */
  readonly guests: GuestControls;
  /** Replaces the API secret. Signatures with the old one are refused. */
  rotateSecret(newSecret: string): void;
  /** Closes every socket, ends every process and removes every file outside `stateDir`. A second call does nothing. */
  close(): Promise<void>;
}

/** What an emulator saves for its next start. */
interface SavedEmulator {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** The port of the API in the first zone. */
  readonly port: number;
  /** Undefined when there was no guest and no port was chosen. */
  readonly sshPort: number | undefined;
  readonly world: Snapshot;
}

const portOptions = {
  port: { owner: "the API", flag: "--port" },
  sshPort: { owner: "the SSH servers", flag: "--ssh-port" },
} as const;

/** What is known before the first listener opens. */
interface Start {
  readonly options: EmulatorOptions;
  readonly zones: readonly string[];
  readonly directory: StateDirectory | undefined;
  readonly saved: SavedEmulator | undefined;
}

/**
 * Starts an emulator.
 *
 * @throws when a chosen or saved port is taken, a zone is named twice, the machine lacks loopback addresses for guests,
 * something that `guests: "sshd"` needs is missing, the state in `stateDir` is damaged, or another emulator uses it
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const directory = options.stateDir === undefined ? undefined : StateDirectory.open(options.stateDir);
  let sshPort: SshPort | undefined;
  try {
    const saved = directory?.readState<SavedEmulator>();
    const zones = options.zones ?? saved?.world.zones.map(({ name }) => name) ?? ZONES;
    if (zones.length === 0 || new Set(zones).size < zones.length) throw new Error("Give at least one zone, each once");
    const start = { options, zones, directory, saved };
    if (options.guests !== "none") sshPort = await withPort(start, "sshPort", reserveSshPort);
    return await openEmulator(start, sshPort);
  } catch (error) {
    await sshPort?.release();
    directory?.release();
    throw error;
  }
}

async function openEmulator(start: Start, sshPort: SshPort | undefined): Promise<Emulator> {
  const { options, zones, directory, saved } = start;
  let world: World | undefined;
  const settings = { ...defaultSettings, ...options.settings };
  const closedPort = () => world?.settings.closedPort ?? settings.closedPort;
  const port = sshPort?.port ?? options.sshPort ?? saved?.sshPort ?? 22;
  const past = saved && settleSnapshot(saved.world);
  const ids = new Set(past?.zones.flatMap(({ instances }) => instances.map(({ id }) => id)));
  const kept = directory && { directory: directory.guests, ids };
  const shared = { port, closedPort, hostKeys: options.hostKeys };
  const { sshdConfig, penalties } = options;
  const particulars = { sshdConfig, penalties: penalties === true ? {} : penalties || undefined };
  const kind = options.guests === "sshd" ? "sshd" : "ssh2";
  const guests = sshPort && (await openGuests(kind, kept, shared, options.programs ?? "all", particulars));
  world = new World({ zones, operationMs: options.operationMs ?? 200, settings, sshPort: port, guests });
  const running = new RunningEmulator(start, world, port, sshPort);
  try {
    if (past) restore(world, past);
    if (past) await withPort(start, "sshPort", () => resume(running.world));
    await withPort(start, "port", (wanted) => running.listen(wanted));
    if (directory) running.keepState(directory);
    return running;
  } catch (error) {
    await running.close();
    throw error;
  }
}

/**
 * Calls `take` with the chosen port, else the saved one, else 0.
 *
 * @throws when it is taken; the error says for what it was saved
 */
async function withPort<T>(
  { options, saved }: Start,
  name: keyof typeof portOptions,
  take: (port: number) => Promise<T>,
): Promise<T> {
  const port = options[name] ?? saved?.[name] ?? 0;
  try {
    return await take(port);
  } catch (error) {
    if (!saved || options[name] !== undefined || codeOf(error) !== "EADDRINUSE") throw error;
    const { owner, flag } = portOptions[name];
    throw new Error(
      `Port ${port}, which ${owner} had when the state was saved, is taken (${error instanceof Error ? error.message : error}). ` +
        `Stop what listens there, or choose another port with ${flag} (option ${name}) and change it in every program too.`,
      { cause: error },
    );
  }
}

class RunningEmulator implements Emulator {
  readonly cloud: AdminControls;
  readonly faults = new Faults();
  readonly guests: GuestControls;
  readonly requests: RecordedRequest[] = [];
  readonly #context: ServerContext;
  readonly #closing = new AbortController();
  readonly #servers: Server[] = [];
  #closed: Promise<void> | undefined;

  constructor(
    readonly start: Start,
    readonly world: World,
    readonly port: number,
    readonly reserved: SshPort | undefined,
  ) {
    const { options, saved } = start;
    this.cloud = new AdminControls(world);
    this.guests = new GuestControls(world);
    const credentials = {
      apiKey: options.apiKey ?? saved?.apiKey ?? `EXO${randomBytes(12).toString("hex")}`,
      apiSecret: options.apiSecret ?? saved?.apiSecret ?? randomBytes(32).toString("base64url"),
    };
    const record = (exchange: Exchange) => {
      this.requests.push(exchange.request);
      options.log?.(logLine(exchange.request));
      options.exchange?.(exchange);
    };
    const runHandCommand = (words: readonly string[]) => runByHand(this.cloud, words);
    const closing = this.#closing.signal;
    this.#context = { world, faults: this.faults, credentials, record, runByHand: runHandCommand, closing };
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
    this.world.save();
  }

  /** Opens one listener per zone. The first zone gets the port. */
  async listen(port: number): Promise<void> {
    for (const [index, zone] of this.world.zones.entries()) {
      this.#servers.push(await listen(this.#context, zone, index === 0 ? port : 0));
    }
  }

  /** Writes the present state, and from now on every change. */
  keepState(directory: StateDirectory): void {
    this.world.save = () => {
      const { credentials, world } = this.#context;
      const { options, saved } = this.start;
      const port = Number(new URL(this.endpoint).port);
      const sshPort = this.reserved?.port ?? options.sshPort ?? saved?.sshPort;
      const next: SavedEmulator = { ...credentials, port, sshPort, world: snapshotOf(world) };
      directory.writeState(next);
    };
    this.world.save();
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
    try {
      this.world.save();
    } finally {
      this.start.directory?.release();
    }
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
