// A plugin whose resources do nothing: every call is answered at once with fixed outputs, without a secret.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

/** What bench/program uses of a resource. */
const outputs = { name: "nothing", publicKeyOpenssh: "ssh-ed25519 AAAA" };

/**
 * Makes a handler that always answers.
 *
 * @template Request, Response
 * @param {(request: Request) => Response} answer
 * @returns {import("@grpc/grpc-js").handleUnaryCall<Request, Response>}
 */
const always = (answer) => (call, callback) => callback(null, answer(call.request));

/** @param {InstanceType<typeof provider.CheckRequest>} request */
const acceptInputs = (request) => new provider.CheckResponse().setInputs(request.getNews());

const handlers = {
  getPluginInfo: always(() => new plugin.PluginInfo().setVersion("0.0.0")),
  checkConfig: always(acceptInputs),
  diffConfig: always(() => new provider.DiffResponse()),
  configure: always(() => new provider.ConfigureResponse().setAcceptsecrets(true)),
  check: always(acceptInputs),
  diff: always(() => new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_NONE)),
  create: always((/** @type {InstanceType<typeof provider.CreateRequest>} */ request) => {
    const inputs = request.getProperties()?.toJavaScript() ?? {};
    const properties = struct.Struct.fromJavaScript({ ...inputs, ...outputs });
    return new provider.CreateResponse().setId("nothing").setProperties(properties);
  }),
  read: always((/** @type {InstanceType<typeof provider.ReadRequest>} */ request) =>
    new provider.ReadResponse()
      .setId(request.getId())
      .setInputs(request.getInputs())
      .setProperties(request.getProperties()),
  ),
  delete: always(() => new empty.Empty()),
  cancel: always(() => new empty.Empty()),
};

const server = new Server();
// It has handlers only for the calls that bench/program leads to; grpc answers the others with UNIMPLEMENTED.
server.addService(/** @type {any} */ (providerService.ResourceProviderService), handlers);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
