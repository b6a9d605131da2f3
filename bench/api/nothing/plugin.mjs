// A plugin whose resources do nothing: every call is answered at once with fixed outputs. With BENCH_STORE=pair they are
// those of a keypair, with its secret; otherwise the fewest.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { checkedInputs, pairOutputs } from "./stored_pair.mjs";

const storesPair = process.env["BENCH_STORE"] === "pair";

/** How Pulumi's protocol marks a secret. */
const secret = (/** @type {string} */ value) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** Default: what bench/program uses of a resource. */
const outputs = storesPair
  ? { ...checkedInputs, ...pairOutputs, privateKeyOpenssh: secret(pairOutputs.privateKeyOpenssh) }
  : { name: "nothing", publicKeyOpenssh: "ssh-ed25519 AAAA" };

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

/** @param {InstanceType<typeof provider.CheckRequest>} request */
const addDefaults = (request) => {
  const inputs = { ...request.getNews()?.toJavaScript(), ...checkedInputs };
  return new provider.CheckResponse().setInputs(struct.Struct.fromJavaScript(inputs));
};

const handlers = {
  getPluginInfo: always(() => new plugin.PluginInfo().setVersion("0.0.0")),
  checkConfig: always(acceptInputs),
  diffConfig: always(() => new provider.DiffResponse()),
  configure: always(() => new provider.ConfigureResponse().setAcceptsecrets(true)),
  check: always(storesPair ? addDefaults : acceptInputs),
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
