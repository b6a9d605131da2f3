import { Metadata, type ServerErrorResponse, status } from "@grpc/grpc-js";
import { CheckFailure, ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ExoscaleSshError, PartialCreateError } from "../errors";
import type { CheckFailure as Failure } from "../resources/contract/resource";
import { redact } from "./redaction";

/** A call that this plugin does not implement. */
export class Unsupported extends Error {}

/** A create or update failed, but the object exists: the engine saves it and shows the reason. */
export class InitFailed extends Error {
  constructor(
    readonly id: string,
    readonly state: Struct,
    readonly inputs: Struct,
    override readonly cause: unknown,
  ) {
    super(describeError(cause));
  }
}

/**
 * What a user sees of an error. Of ours: the message and the code. Of any other, which is a bug: its first line. Never a
 * stack trace.
 */
export function describeError(error: unknown): string {
  if (error instanceof ExoscaleSshError) return redact(`${error.message} [${error.code}]`);
  const [firstLine] = redact(String(error)).split("\n");
  return redact(`An unexpected error in pulumi-resource-exoscale-ssh, please report it: ${firstLine}`);
}

/** The bug behind an error: an error that nothing a user does can cause. Undefined if there is none. */
export function findBug(error: unknown): Error | undefined {
  if (error instanceof InitFailed || error instanceof PartialCreateError) return findBug(error.cause);
  if (error instanceof ExoscaleSshError || error instanceof Unsupported) return undefined;
  return error instanceof Error ? error : undefined;
}

/** An error as gRPC's answer to the engine. */
export function toStatus(error: unknown): Partial<ServerErrorResponse> {
  if (error instanceof Unsupported) return { code: status.UNIMPLEMENTED, details: error.message };
  if (error instanceof InitFailed) {
    return { code: status.UNKNOWN, details: error.message, metadata: initFailed(error) };
  }
  return { code: status.UNKNOWN, details: describeError(error) };
}

/** What is wrong with one property, for the engine. */
export function toCheckFailure({ property, reason }: Failure): CheckFailure {
  const failure = new CheckFailure();
  failure.setProperty(property);
  failure.setReason(redact(reason));
  return failure;
}

/** gRPC's rich error model: a google.rpc.Status with Pulumi's message as its detail. */
function initFailed({ id, state, inputs, message }: InitFailed): Metadata {
  const failure = new ErrorResourceInitFailed();
  failure.setId(id);
  failure.setProperties(state);
  failure.setInputs(inputs);
  failure.setReasonsList([message]);
  const detail = new Any();
  detail.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rich = new Status();
  rich.setCode(status.UNKNOWN);
  rich.setMessage(message);
  rich.setDetailsList([detail]);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(rich.serializeBinary()));
  return metadata;
}
