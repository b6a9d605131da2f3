import { credentials, type ServiceError } from "@grpc/grpc-js";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Served, serve } from "../../provider/plugin/server";
import schema from "../../schema.json";
import type { Emulator } from "../emulated";
import { diffIn, errorText, failuresIn, plain, textWithoutSecrets } from "./answers";
import { EngineOnLoopback } from "./engine_service";
import { secret, struct, type Wire } from "./wire";

/** What a call has besides the properties of its resource. */
export interface CallOptions {
  /** Logical name. Default `alice`. */
  readonly name?: string;
  /** Of a check: the old inputs. */
  readonly olds?: Wire;
  /** Of a check: the engine's random bytes. Default: the same ones in every call. */
  readonly seed?: string;
  /** Of a check: the stack's configuration of names. */
  readonly autonaming?: { readonly mode: "PROPOSE" | "ENFORCE" | "DISABLE"; readonly proposedName?: string };
  /** Of a create and an update. */
  readonly preview?: boolean;
}

/** An object as the engine has it in the state. */
export interface Stored {
  readonly id: string;
  readonly inputs: Wire;
  readonly properties: Wire;
}

/** As in the engine: the default limit of gRPC would be 4 MiB. */
const largeMessages = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** The token of a resource or a function of the package. */
export const token = (type: string) => `exoscale-ssh:index:${type}`;

/** The URN that all calls give for the resource with a logical name. */
export const urn = (type: string, name = "alice") => `urn:pulumi:test::shop::${token(type)}::${name}`;

/** The settings of the provider for an emulator, as the engine sends them. */
export function settingsFor({ environment }: Emulator): Wire {
  const { EXOSCALE_API_KEY, EXOSCALE_API_SECRET, EXOSCALE_API_ENDPOINT: endpoint, EXOSCALE_SSH_PORT } = environment;
  const keys = { apiKey: secret(EXOSCALE_API_KEY), apiSecret: secret(EXOSCALE_API_SECRET) };
  return { ...keys, endpoint, sshPort: EXOSCALE_SSH_PORT };
}

/** The plugin, served in this process and called over gRPC, as the engine does. */
export class Plugin {
  /** All answers and errors, without the contents of marked secrets. */
  transcript = "";

  readonly #served: Pick<Served, "close">;

  private constructor(
    served: Pick<Served, "close">,
    readonly engine: EngineOnLoopback,
    readonly client: ResourceProviderClient,
  ) {
    this.#served = served;
  }

  /** Serves a plugin and attaches an engine to it. Removes the EXOSCALE_* variables of the user who runs the tests. */
  static async start(): Promise<Plugin> {
    for (const name of Object.keys(process.env)) if (name.startsWith("EXOSCALE_")) delete process.env[name];
    return await Plugin.attach(await serve(undefined, schema));
  }

  /** Attaches an engine to a plugin that is being served already. @param served what `close` closes besides */
  static async attach(served: Pick<Served, "port" | "close">): Promise<Plugin> {
    const engine = await EngineOnLoopback.start();
    const address = `127.0.0.1:${served.port}`;
    const client = new ResourceProviderClient(address, credentials.createInsecure(), largeMessages);
    const plugin = new Plugin(served, engine, client);
    await plugin.call<Empty>((done) => client.attach(new PluginAttach().setAddress(engine.address), done));
    return plugin;
  }

  static async configured(emulator: Emulator, settings: Wire = {}): Promise<Plugin> {
    const plugin = await Plugin.start();
    await plugin.configure({ ...settingsFor(emulator), ...settings });
    return plugin;
  }

  close(): void {
    this.client.close();
    this.#served.close();
    this.engine.close();
  }

  async checkConfig(news: Wire) {
    const request = new messages.CheckRequest().setNews(struct(news));
    const answer = await this.call<messages.CheckResponse>((done) => this.client.checkConfig(request, done));
    return { inputs: plain(answer.getInputs()), failures: failuresIn(answer) };
  }

  async diffConfig(oldInputs: Wire, news: Wire) {
    const request = new messages.DiffRequest().setOldInputs(struct(oldInputs)).setOlds(struct(oldInputs));
    request.setNews(struct(news));
    return diffIn(await this.call<messages.DiffResponse>((done) => this.client.diffConfig(request, done)));
  }

  async configure(settings: Wire, id = "provider-1") {
    const request = new messages.ConfigureRequest().setArgs(struct(settings)).setId(id).setAcceptsecrets(true);
    return (await this.call<messages.ConfigureResponse>((done) => this.client.configure(request, done))).toObject();
  }

  async check(type: string, news: Wire, { olds = {}, seed = "seed", autonaming, name }: CallOptions = {}) {
    const request = about(new messages.CheckRequest(), type, name).setOlds(struct(olds)).setNews(struct(news));
    request.setRandomseed(Buffer.from(seed));
    if (autonaming) request.setAutonaming(options(autonaming));
    const answer = await this.call<messages.CheckResponse>((done) => this.client.check(request, done));
    return { inputs: plain(answer.getInputs()), failures: failuresIn(answer) };
  }

  async diff(type: string, { id, inputs, properties }: Stored, news: Wire) {
    const request = about(new messages.DiffRequest(), type).setId(id).setNews(struct(news));
    request.setOlds(struct(properties)).setOldInputs(struct(inputs));
    return diffIn(await this.call<messages.DiffResponse>((done) => this.client.diff(request, done)));
  }

  async create(type: string, inputs: Wire, { preview = false, name }: CallOptions = {}) {
    const request = about(new messages.CreateRequest(), type, name).setProperties(struct(inputs));
    request.setPreview(preview);
    const answer = await this.call<messages.CreateResponse>((done) => this.client.create(request, done));
    return { id: answer.getId(), properties: plain(answer.getProperties()) };
  }

  async read(type: string, id: string, { inputs, properties }: Partial<Stored> = {}) {
    const request = about(new messages.ReadRequest(), type).setId(id);
    request.setInputs(struct(inputs ?? {})).setProperties(struct(properties ?? {}));
    const answer = await this.call<messages.ReadResponse>((done) => this.client.read(request, done));
    return {
      id: answer.getId(),
      properties: answer.hasProperties() ? plain(answer.getProperties()) : undefined,
      inputs: answer.hasInputs() ? plain(answer.getInputs()) : undefined,
    };
  }

  async update(type: string, { id, inputs, properties }: Stored, news: Wire, { preview = false }: CallOptions = {}) {
    const request = about(new messages.UpdateRequest(), type).setId(id).setPreview(preview);
    request.setOlds(struct(properties)).setOldInputs(struct(inputs));
    request.setNews(struct(news));
    const answer = await this.call<messages.UpdateResponse>((done) => this.client.update(request, done));
    return plain(answer.getProperties());
  }

  async delete(type: string, { id, inputs, properties }: Stored): Promise<void> {
    const request = about(new messages.DeleteRequest(), type).setId(id);
    request.setProperties(struct(properties)).setOldInputs(struct(inputs));
    await this.call<Empty>((done) => this.client.delete(request, done));
  }

  /** Checks and creates, as `pulumi up` does for a new resource. */
  async up(type: string, news: Wire, options: CallOptions = {}): Promise<Stored> {
    const { inputs, failures } = await this.check(type, news, options);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return { inputs, ...(await this.create(type, inputs, options)) };
  }

  async invoke(name: string, args: Wire) {
    const request = new messages.InvokeRequest().setTok(token(name)).setArgs(struct(args));
    const answer = await this.call<messages.InvokeResponse>((done) => this.client.invoke(request, done));
    return { answer: plain(answer.getReturn()), failures: failuresIn(answer) };
  }

  async cancel(): Promise<void> {
    await this.call<Empty>((done) => this.client.cancel(new Empty(), done));
  }

  /** Makes any call of the service, and records the answer. */
  call<Answer extends { toObject(): unknown }>(
    request: (done: (error: ServiceError | null, answer: Answer) => void) => unknown,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      request((error, answer) => {
        this.transcript += `${error ? errorText(error) : textWithoutSecrets(answer)}\n`;
        if (error) reject(error);
        else resolve(answer);
      });
    });
  }
}

type AboutResource = { setUrn(urn: string): unknown; setName(name: string): unknown; setType(type: string): unknown };

function about<Message extends AboutResource>(request: Message, type: string, name = "alice"): Message {
  request.setUrn(urn(type, name));
  request.setName(name);
  request.setType(token(type));
  return request;
}

function options({ mode, proposedName = "" }: NonNullable<CallOptions["autonaming"]>) {
  const { AutonamingOptions } = messages.CheckRequest;
  return new AutonamingOptions().setMode(AutonamingOptions.Mode[mode]).setProposedName(proposedName);
}
