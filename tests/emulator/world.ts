/** Fixtures of the emulator's tests: an emulator, a client with its own signatures, and keys of ssh-keygen. */
import { execFile } from "node:child_process";
import { createHmac, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulated";

const run = promisify(execFile);

export interface Reply {
  status: number;
  // Answers are JSON of many shapes. A test states the shape that it expects.
  // biome-ignore lint/suspicious/noExplicitAny: the boundary of untyped JSON
  body: any;
  headers: Headers;
}

/** The Authorization header. It shares no code with the emulator, which would otherwise check itself. */
export function authorization(
  secret: string,
  parts: { method: string; path: string; body?: string; key: string; expires?: number },
) {
  const [path = "", query = ""] = parts.path.split("?");
  const names = [...new URLSearchParams(query).keys()].sort();
  const values = names.map((name) => new URLSearchParams(query).get(name)).join("");
  const expires = parts.expires ?? Math.floor(Date.now() / 1000) + 600;
  const message = [`${parts.method} ${path}`, parts.body ?? "", values, "", expires].join("\n");
  const signature = createHmac("sha256", secret).update(message).digest("base64");
  const signed = names.length > 0 ? `,signed-query-args=${names.join(";")}` : "";
  return `EXO2-HMAC-SHA256 credential=${parts.key}${signed},expires=${expires},signature=${signature}`;
}

export class Client {
  constructor(
    readonly emulator: Emulator,
    readonly endpoint = emulator.endpoint,
  ) {}

  async send(method: string, path: string, content?: unknown): Promise<Reply> {
    const { EXOSCALE_API_KEY: key, EXOSCALE_API_SECRET: secret } = this.emulator.environment;
    const body = content === undefined ? undefined : JSON.stringify(content);
    const header = authorization(secret, { method, path: `/v2${path}`, key, ...(body !== undefined && { body }) });
    const request = { method, headers: { authorization: header }, ...(body !== undefined && { body }) };
    const response = await fetch(`${this.endpoint}${path}`, request);
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  }

  async get(path: string) {
    return (await this.send("GET", path)).body;
  }

  /** Sends a request and waits for the end of its operation. */
  async settle(method: string, path: string, content?: unknown) {
    let { body } = await this.send(method, path, content);
    while (body.state === "pending") body = await this.get(`/operation/${body.id}`);
    return body;
  }

  async register(name: string, publicKey: string) {
    return this.send("POST", "/ssh-key", { name, "public-key": publicKey });
  }

  /** The smallest body that POST /instance accepts. */
  async order(more: Record<string, unknown> = {}, template = "Linux Debian 13 (Trixie) 64-bit") {
    const { templates } = await this.get("/template");
    const { "instance-types": types } = await this.get("/instance-type");
    const templateId = templates.find(({ name }: { name: string }) => name === template)?.id;
    const { id } = types.find(
      (type: { family: string; size: string }) => `${type.family}.${type.size}` === "standard.tiny",
    );
    return { "disk-size": 10, template: { id: templateId }, "instance-type": { id }, ...more };
  }

  /** Creates an instance and waits until it runs. */
  async create(more: Record<string, unknown> = {}, template?: string): Promise<{ id: string; ip: string }> {
    const operation = await this.settle("POST", "/instance", await this.order(more, template));
    const id = operation.reference.id;
    return { id, ip: (await this.get(`/instance/${id}`))["public-ip"] };
  }
}

/** Started emulators, closed by `closeAll`. */
const emulators: Emulator[] = [];

export async function start(options: EmulatorOptions = {}): Promise<{ emulator: Emulator; client: Client }> {
  const emulator = await startEmulator({ operationMs: 0, zones: ["ch-gva-2", "ch-dk-2"], ...options });
  emulators.push(emulator);
  return { emulator, client: new Client(emulator) };
}

/**
 * Ports for emulators that a test closes and starts again. They are below the ports that the system assigns, so that no
 * other program gets one in between.
 */
export async function lastingPorts(): Promise<{ port: number; sshPort: number }> {
  return { port: await lastingPort(), sshPort: await lastingPort() };
}

async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    await once(server.close(), "close");
    return port;
  }
}

export async function closeAll(): Promise<void> {
  await Promise.all(emulators.splice(0).map((emulator) => emulator.close()));
}

/** A directory with private keys, 0600, and known_hosts, for the OpenSSH client. */
export class KeyRing {
  #directory: string | undefined;

  /** A key ring that is ready. */
  static async make(): Promise<KeyRing> {
    const ring = new KeyRing();
    await ring.open();
    return ring;
  }

  /** Makes its directory. */
  async open(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), "emulator-test-"));
  }

  get directory(): string {
    if (this.#directory === undefined) throw new Error("The key ring is not open");
    return this.#directory;
  }

  /** Generates a pair. @returns the public line */
  async generate(name: string, ...type: string[]): Promise<string> {
    const kind = type.length > 0 ? type : ["-t", "ed25519"];
    await run("ssh-keygen", ["-q", "-N", "", "-C", name, "-f", this.file(name), ...kind]);
    return (await readFile(`${this.file(name)}.pub`, "utf8")).trim();
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  /** Runs a command with the real OpenSSH client. @param first options before the key, such as another identity */
  async ssh(
    target: { ip: string; port: string; user?: string },
    key: string,
    command: string,
    first: readonly string[] = [],
  ) {
    const options = ["BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=accept-new"]
      .concat(`UserKnownHostsFile=${this.file("known_hosts")}`)
      .flatMap((option) => ["-o", option]);
    const place = [
      "-F",
      "none",
      "-p",
      target.port,
      ...first,
      "-i",
      this.file(key),
      `${target.user ?? "debian"}@${target.ip}`,
    ];
    try {
      return { code: 0, ...(await run("ssh", [...options, ...place, command])) };
    } catch (error) {
      // execFile rejects with code, stdout and stderr on the error.
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  /** The host keys of every kind that the server shows to OpenSSH's client, sorted. */
  async scan({ ip, port }: { ip: string; port: string }): Promise<string[]> {
    const { stdout } = await run("ssh-keyscan", ["-T", "25", "-p", port, ip]);
    const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return lines.map((line) => line.split(" ").slice(1).join(" ")).sort();
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** A new key ring for each test of a file or group. Closes every emulator after each test. */
export function useKeyRing(): KeyRing {
  const ring = new KeyRing();
  beforeEach(() => ring.open());
  afterEach(async () => {
    await closeAll();
    await ring.remove();
  });
  return ring;
}

/** An emulator with an instance "web", which was created with new keys of the key ring. SSH is open. */
export async function startWeb(ring: KeyRing, options: EmulatorOptions, keys = ["alice"], ...type: string[]) {
  const { emulator, client } = await start(options);
  emulator.cloud.openSsh();
  const publicKeys: string[] = [];
  for (const name of keys) publicKeys.push(await ring.generate(name, ...type));
  for (const [index, name] of keys.entries()) await client.register(name, publicKeys[index] ?? "");
  const { id, ip } = await client.create({ name: "web", "ssh-keys": keys.map((name) => ({ name })) });
  const port = emulator.environment.EXOSCALE_SSH_PORT;
  const [publicKey = ""] = publicKeys;
  return { emulator, client, id, ip, port, target: { ip, port }, publicKey, guest: await emulator.cloud.guest(id) };
}
