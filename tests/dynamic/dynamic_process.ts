import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  type CheckResponse,
  ConfigureRequest,
  type ConfigureResponse,
  CreateRequest,
  type CreateResponse,
  DeleteRequest,
  DiffRequest,
  type DiffResponse,
  ErrorResourceInitFailed,
  ReadRequest,
  type ReadResponse,
  UpdateRequest,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Emulator } from "../../emulator";
import { linkedProgram, type ProgramFolder } from "./package_layouts";

/** How the engine writes a value that a preview does not know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The stack's configuration for an emulator, as the engine sends it: with full names and marked secrets. */
export function settingsFor(emulator: Emulator): Wire {
  const { EXOSCALE_API_KEY, EXOSCALE_API_SECRET, EXOSCALE_API_ENDPOINT } = emulator.environment;
  return {
    "exoscale-ssh:apiKey": EXOSCALE_API_KEY,
    "exoscale-ssh:apiSecret": { "4dabf18193072939515e22adb298388d": SECRET, value: EXOSCALE_API_SECRET },
    "exoscale-ssh:endpoint": EXOSCALE_API_ENDPOINT,
  };
}

/** Pulumi's wire protocol: an object with this value under its well-known key is a secret. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The value of `__provider` in the state of each resource of a type. */
export function providerText(type: "sshKeyPair" | "instance" | "securityGroup"): string {
  return readFileSync(join(__dirname, "golden", `${type}Provider.txt`), "utf8");
}

// biome-ignore lint/suspicious/noExplicitAny: the boundary of an untyped wire format; each test states what it expects
export type Wire = Record<string, any>;

/**
 * The process that Pulumi starts for dynamic providers, called over gRPC, as the engine does. It runs in the folder of a
 * program that has the built package in its node_modules. Its environment has no credentials.
 */
export class DynamicProcess {
  /** All its answers and all its output. */
  transcript = "";

  readonly #folder: ProgramFolder;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #client: ResourceProviderClient;

  private constructor(
    folder: ProgramFolder,
    child: ChildProcessByStdio<null, Readable, Readable>,
    client: ResourceProviderClient,
  ) {
    this.#folder = folder;
    this.#child = child;
    this.#client = client;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => this.#record(String(text)));
  }

  static async start(): Promise<DynamicProcess> {
    const folder = linkedProgram();
    const launcher = join(folder.path, "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js");
    const child = spawn(process.execPath, [launcher, "no engine"], {
      cwd: folder.path,
      env: { PATH: process.env["PATH"], PULUMI_NODEJS_PROJECT: "shop", PULUMI_NODEJS_STACK: "test" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [port] = await once(child.stdout, "data");
    const client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, credentials.createInsecure());
    return new DynamicProcess(folder, child, client);
  }

  /** Starts a process and configures it for an emulator. */
  static async configured(emulator: Emulator): Promise<DynamicProcess> {
    const started = await DynamicProcess.start();
    await started.configure(settingsFor(emulator));
    return started;
  }

  async stop(): Promise<void> {
    this.#client.close();
    const exited = once(this.#child, "exit");
    this.#child.kill();
    await exited;
    this.#folder.dispose();
  }

  /** @param settings the stack's configuration by full names, such as `exoscale-ssh:apiKey` */
  async configure(settings: Wire): Promise<{ acceptsSecrets: boolean }> {
    const request = new ConfigureRequest().setArgs(Struct.fromJavaScript(settings)).setAcceptsecrets(true);
    const answer = await this.#call<ConfigureResponse>((done) => this.#client.configure(request, done));
    return { acceptsSecrets: answer.getAcceptsecrets() };
  }

  async check(news: Wire, olds: Wire = {}) {
    const request = new CheckRequest().setOlds(Struct.fromJavaScript(olds)).setNews(Struct.fromJavaScript(news));
    const answer = await this.#call<CheckResponse>((done) => this.#client.check(request, done));
    const failures = answer.getFailuresList().map((failure) => failure.toObject());
    return { inputs: plain(answer.getInputs()), failures };
  }

  async diff(id: string, olds: Wire, news: Wire) {
    const request = new DiffRequest().setId(id);
    request.setOlds(Struct.fromJavaScript(olds)).setNews(Struct.fromJavaScript(news));
    const answer = await this.#call<DiffResponse>((done) => this.#client.diff(request, done));
    const changes = (["unknown", "none", "some"] as const)[answer.getChanges()];
    return { changes, replaces: answer.getReplacesList(), deleteBeforeReplace: answer.getDeletebeforereplace() };
  }

  async create(news: Wire) {
    const request = new CreateRequest().setProperties(Struct.fromJavaScript(news));
    const answer = await this.#call<CreateResponse>((done) => this.#client.create(request, done));
    return { id: answer.getId(), properties: plain(answer.getProperties()) };
  }

  async read(id: string, properties: Wire) {
    const request = new ReadRequest().setId(id).setProperties(Struct.fromJavaScript(properties));
    const answer = await this.#call<ReadResponse>((done) => this.#client.read(request, done));
    return { id: answer.getId(), properties: plain(answer.getProperties()), inputs: plain(answer.getInputs()) };
  }

  async update(id: string, olds: Wire, news: Wire) {
    const request = new UpdateRequest().setId(id);
    request.setOlds(Struct.fromJavaScript(olds)).setNews(Struct.fromJavaScript(news));
    const answer = await this.#call<UpdateResponse>((done) => this.#client.update(request, done));
    return { properties: plain(answer.getProperties()) };
  }

  async delete(id: string, properties: Wire): Promise<void> {
    const request = new DeleteRequest().setId(id).setProperties(Struct.fromJavaScript(properties));
    await this.#call((done) => this.#client.delete(request, done));
  }

  /** Checks and creates, as `pulumi up` does. */
  async up(news: Wire) {
    const { inputs, failures } = await this.check(news);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return { inputs, ...(await this.create(inputs)) };
  }

  #call<Answer extends { toObject(): unknown }>(
    request: (done: (error: ServiceError | null, answer: Answer) => void) => unknown,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      request((error, answer) => {
        this.#record(JSON.stringify(error ?? answer.toObject()));
        if (error) reject(error);
        else resolve(answer);
      });
    });
  }

  #record(text: string): void {
    this.transcript += `${text}\n`;
  }
}

/** The object in an error: it exists although its create failed, and the engine saves it. */
export function savedObjectIn(error: unknown) {
  const [bytes] = (error as ServiceError).metadata.get("grpc-status-details-bin");
  const [detail] = Status.deserializeBinary(bytes as Buffer).getDetailsList();
  const found = detail?.unpack(ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  return { id: found?.getId(), properties: plain(found?.getProperties()), reasons: found?.getReasonsList() };
}

function plain(struct: Struct | undefined): Wire {
  return struct?.toJavaScript() ?? {};
}
