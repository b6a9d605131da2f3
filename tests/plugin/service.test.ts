import { type ServiceError, status } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { version } from "../../package.json";
import schema from "../../schema.json";
import { type Emulator, startEmulator } from "../emulated";
import { Plugin, settingsFor } from "./plugin_client";

let plugin: Plugin;
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  plugin = await Plugin.start();
});
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

describe("The service", () => {
  test("accepts secrets and the stack's configuration of names in the handshake", async () => {
    const hello = new messages.ProviderHandshakeRequest();
    const answer = await plugin.call<messages.ProviderHandshakeResponse>((done) =>
      plugin.client.handshake(hello, done),
    );
    expect(answer.toObject()).toMatchObject({ acceptSecrets: true, supportsAutonamingConfiguration: true });
  });

  test("supports previews and secrets, and no resources or outputs as values", async () => {
    expect(await plugin.configure(settingsFor(emulator))).toMatchObject({
      supportspreview: true,
      acceptsecrets: true,
      acceptresources: false,
      acceptoutputs: false,
    });
  });

  test("returns the schema of the package", async () => {
    const request = new messages.GetSchemaRequest();
    const answer = await plugin.call<messages.GetSchemaResponse>((done) => plugin.client.getSchema(request, done));
    expect(JSON.parse(answer.getSchema())).toEqual(schema);
  });

  test("receives and sends messages above gRPC's default limit of 4 MiB", async () => {
    const triggers = ["x".repeat(5 * 1024 * 1024)];
    const { inputs } = await plugin.check("SshKeyPair", { triggers });
    expect(String(inputs["triggers"])).toHaveLength(5 * 1024 * 1024);
  });

  test("returns the version of the package", async () => {
    const answer = await plugin.call<PluginInfo>((done) => plugin.client.getPluginInfo(new Empty(), done));
    expect(answer.getVersion()).toBe(version);
  });

  test("has no mapping from resources of other tools", async () => {
    const [one, all] = [new messages.GetMappingRequest().setKey("terraform"), new messages.GetMappingsRequest()];
    const mapping = await plugin.call<messages.GetMappingResponse>((done) => plugin.client.getMapping(one, done));
    const mappings = await plugin.call<messages.GetMappingsResponse>((done) => plugin.client.getMappings(all, done));
    expect(mapping.toObject()).toEqual({ provider: "", data: "" });
    expect(mappings.getProvidersList()).toEqual([]);
  });
});

describe("The service refuses, as not implemented,", () => {
  const refusalOf = async (asked: Promise<unknown>) => {
    const error = (await asked.catch((thrown: unknown) => thrown)) as ServiceError;
    return { code: error.code, details: error.details };
  };

  test("parameters", async () => {
    const request = new messages.ParameterizeRequest();
    const asked = plugin.call((done: Done<messages.ParameterizeResponse>) => plugin.client.parameterize(request, done));
    expect(await refusalOf(asked)).toEqual({
      code: status.UNIMPLEMENTED,
      details: "exoscale-ssh takes no parameters.",
    });
  });

  test("components", async () => {
    const request = new messages.ConstructRequest().setType("exoscale-ssh:index:Cluster");
    const asked = plugin.call((done: Done<messages.ConstructResponse>) => plugin.client.construct(request, done));
    expect(await refusalOf(asked)).toEqual({ code: status.UNIMPLEMENTED, details: "exoscale-ssh has no components." });
  });

  test("methods of resources", async () => {
    const request = new messages.CallRequest().setTok("exoscale-ssh:index:SshKeyPair/revoke");
    const asked = plugin.call((done: Done<messages.CallResponse>) => plugin.client.call(request, done));
    expect(await refusalOf(asked)).toEqual({
      code: status.UNIMPLEMENTED,
      details: "The resources of exoscale-ssh have no methods.",
    });
  });

  test("lists of resources", async () => {
    const stream = plugin.client.list(new messages.ListRequest().setToken("exoscale-ssh:index:SshKeyPair"));
    const asked = new Promise((resolve, reject) => stream.on("error", reject).on("end", resolve).resume());
    expect(await refusalOf(asked)).toEqual({
      code: status.UNIMPLEMENTED,
      details: "exoscale-ssh lists no resources.",
    });
  });

  test("an unknown resource", async () => {
    expect(await refusalOf(plugin.check("Cluster", {}))).toEqual({
      code: status.UNIMPLEMENTED,
      details: 'exoscale-ssh has no resource "exoscale-ssh:index:Cluster".',
    });
  });

  test("an unknown function, even one that every JavaScript object has", async () => {
    expect(await refusalOf(plugin.invoke("toString", {}))).toEqual({
      code: status.UNIMPLEMENTED,
      details: 'exoscale-ssh has no function "exoscale-ssh:index:toString".',
    });
  });
});

type Done<Answer> = (error: ServiceError | null, answer: Answer) => void;
