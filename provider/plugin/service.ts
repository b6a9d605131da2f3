import type { handleUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  GetMappingResponse,
  GetMappingsResponse,
  GetSchemaResponse,
  ProviderHandshakeResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { checkConfig, configure, diffConfig } from "./configuration_calls";
import type { Lines } from "./display";
import { findBug, toStatus, Unsupported } from "./errors";
import { propertiesOf, withRedaction } from "./redaction";
import type { AboutResource, ResourceCall } from "./resource_call";
import type { Session } from "./session";

/** The package's schema, as far as the plugin itself looks at it. */
export interface Schema {
  readonly version: string;
}

type CoreCalls = typeof import("./core_calls");

/** Loads what needs the resources; at the first call, or before. */
export const coreCalls = (): CoreCalls => require("./core_calls");

/** One of the calls about a resource. */
type ResourceAnswer<Request, Response> = (request: Request, call: ResourceCall) => Promise<Response>;

/** Pulumi's ResourceProvider service (proto/pulumi/provider.proto) for one engine. */
export function providerService(session: Session, schema: Schema): IResourceProviderServer {
  const about = <Request extends AboutResource, Response>(
    choose: (calls: CoreCalls) => ResourceAnswer<Request, Response>,
  ) =>
    unary(session, (request: Request, lines) => {
      const calls = coreCalls();
      return choose(calls)(request, new calls.ResourceCall(request, session, lines));
    });
  return {
    handshake: unary(session, () => handshake()),
    attach: unary(session, (request) => {
      session.attach(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(session, () => pluginInfo(schema)),
    getSchema: unary(session, () => schemaText(schema)),
    checkConfig: unary(session, checkConfig),
    diffConfig: unary(session, diffConfig),
    configure: unary(session, (request) => configure(request, session)),
    check: about((calls) => calls.checkResource),
    diff: about((calls) => calls.diffResource),
    create: about((calls) => calls.createResource),
    read: about((calls) => calls.readResource),
    update: about((calls) => calls.updateResource),
    delete: about((calls) => calls.deleteResource),
    invoke: unary(session, (request) => coreCalls().invoke(request, session)),
    cancel: unary(session, () => {
      session.cancel();
      return new Empty();
    }),
    getMapping: unary(session, () => new GetMappingResponse()),
    getMappings: unary(session, () => new GetMappingsResponse()),
    parameterize: refused(session, "exoscale-ssh takes no parameters."),
    construct: refused(session, "exoscale-ssh has no components."),
    call: refused(session, "The resources of exoscale-ssh have no methods."),
    // A stream that is only destroyed would leave the engine waiting.
    list: (stream: ServerWritableStream<unknown, unknown>) => {
      stream.emit("error", toStatus(new Unsupported("exoscale-ssh lists no resources.")));
    },
  };
}

/** A method of the service that answers one request. */
type Answer<Request, Response> = (request: Request, lines: Lines) => Response | Promise<Response>;

/**
 * What it logs arrives before its answer, and what it throws becomes a status without a stack trace. The trace of an error
 * that is a bug goes to `pulumi up --debug`. No message shows a secret of the request, or of the provider's settings.
 */
function unary<Request, Response>(
  session: Session,
  answer: Answer<Request, Response>,
): handleUnaryCall<Request, Response> {
  const answered: handleUnaryCall<Request, Response> = async ({ request }, callback) => {
    const lines = session.display.lines(isAboutResource(request) ? request.getUrn() : "");
    try {
      const response = await answer(request, lines);
      await lines.delivered();
      callback(null, response);
    } catch (error) {
      const bug = findBug(error);
      if (bug) lines.debug(bug.stack ?? bug.message);
      await lines.delivered();
      callback(toStatus(error));
    }
  };
  return (call, callback) => {
    const masking = () => coreCalls().redactionOfSecrets([session.settings, ...propertiesOf(call.request)]);
    return withRedaction(masking, async () => answered(call, callback));
  };
}

function refused<Request, Response>(session: Session, why: string): handleUnaryCall<Request, Response> {
  return unary(session, () => {
    throw new Unsupported(why);
  });
}

function isAboutResource(request: unknown): request is AboutResource {
  return typeof request === "object" && request !== null && "getUrn" in request;
}

function handshake(): ProviderHandshakeResponse {
  const response = new ProviderHandshakeResponse();
  response.setAcceptSecrets(true);
  response.setSupportsAutonamingConfiguration(true);
  return response;
}

function pluginInfo({ version }: Schema): PluginInfo {
  const info = new PluginInfo();
  info.setVersion(version);
  return info;
}

function schemaText(schema: Schema): GetSchemaResponse {
  const response = new GetSchemaResponse();
  response.setSchema(JSON.stringify(schema));
  return response;
}
