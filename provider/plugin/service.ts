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

/** The part of the package's schema that the plugin itself reads. */
export interface Schema {
  readonly version: string;
}

type CoreCalls = typeof import("./core_calls");

/** Loads the calls that need the resources, at the first call or earlier. */
export const loadCoreCalls = (): CoreCalls => require("./core_calls");

/** Answers one call about a resource. */
type ResourceAnswer<Request, Response> = (request: Request, call: ResourceCall) => Promise<Response>;

/** Pulumi's ResourceProvider service (proto/pulumi/provider.proto) for one engine. */
export function providerService(session: Session, schema: Schema): IResourceProviderServer {
  const answerAbout = <Request extends AboutResource, Response>(
    choose: (calls: CoreCalls) => ResourceAnswer<Request, Response>,
  ) =>
    unary(session, (request: Request, lines, isCancelled) => {
      const calls = loadCoreCalls();
      return choose(calls)(request, new calls.ResourceCall(request, session, lines, isCancelled));
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
    check: answerAbout((calls) => calls.checkResource),
    diff: answerAbout((calls) => calls.diffResource),
    create: answerAbout((calls) => calls.createResource),
    read: answerAbout((calls) => calls.readResource),
    update: answerAbout((calls) => calls.updateResource),
    delete: answerAbout((calls) => calls.deleteResource),
    invoke: unary(session, (request) => loadCoreCalls().invoke(request, session)),
    cancel: unary(session, () => {
      session.cancel();
      return new Empty();
    }),
    getMapping: unary(session, () => new GetMappingResponse()),
    getMappings: unary(session, () => new GetMappingsResponse()),
    parameterize: refuse(session, "exoscale-ssh takes no parameters."),
    construct: refuse(session, "exoscale-ssh has no components."),
    call: refuse(session, "The resources of exoscale-ssh have no methods."),
    // If the stream were only destroyed, the engine would wait forever.
    list: (stream: ServerWritableStream<unknown, unknown>) => {
      stream.emit("error", toStatus(new Unsupported("exoscale-ssh lists no resources.")));
    },
  };
}

/** A method of the service that answers one request. */
type Answer<Request, Response> = (
  request: Request,
  lines: Lines,
  isCancelled: () => boolean,
) => Response | Promise<Response>;

/**
 * Answers a request. Its log lines arrive before its answer. An error becomes a status without a stack trace; the trace
 * of a bug goes to `pulumi up --debug`. No message shows a secret of the request or of the provider's settings.
 */
function unary<Request, Response>(
  session: Session,
  answer: Answer<Request, Response>,
): handleUnaryCall<Request, Response> {
  const handle: handleUnaryCall<Request, Response> = async (call, callback) => {
    const { request } = call;
    const lines = session.display.lines(isAboutResource(request) ? request.getUrn() : "");
    try {
      const response = await answer(request, lines, () => call.cancelled);
      await lines.flush();
      callback(null, response);
    } catch (error) {
      const bug = findBug(error);
      if (bug) lines.debug(bug.stack ?? bug.message);
      await lines.flush();
      callback(toStatus(error));
    }
  };
  return (call, callback) => {
    const findRedaction = () => loadCoreCalls().redactionOfSecrets([session.settings, ...propertiesOf(call.request)]);
    return withRedaction(findRedaction, async () => handle(call, callback));
  };
}

function refuse<Request, Response>(session: Session, why: string): handleUnaryCall<Request, Response> {
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
