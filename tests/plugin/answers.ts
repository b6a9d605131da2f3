import type { ServiceError } from "@grpc/grpc-js";
import {
  type CheckResponse,
  DiffResponse,
  ErrorResourceInitFailed,
  PropertyDiff,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { mapSecrets, type Wire } from "./wire";

/** The properties of an answer, as plain values. */
export function plain(properties: Struct | undefined): Wire {
  return (properties?.toJavaScript() ?? {}) as Wire;
}

/** The failures that a check reports. */
export function failuresIn(answer: Pick<CheckResponse, "getFailuresList">) {
  return answer.getFailuresList().map((failure) => failure.toObject());
}

/** The content of a diff, with the names of kinds in Pulumi's protocol; `details` by property path. */
export function diffIn(answer: DiffResponse) {
  const details = answer.getDetaileddiffMap();
  return {
    changes: nameIn(DiffResponse.DiffChanges, answer.getChanges()),
    diffs: answer.getDiffsList(),
    replaces: answer.getReplacesList(),
    deleteBeforeReplace: answer.getDeletebeforereplace(),
    stables: answer.getStablesList(),
    details: Object.fromEntries(
      details.getEntryList().map(([path]) => [path, nameIn(PropertyDiff.Kind, details.get(path)?.getKind() ?? -1)]),
    ),
  };
}

/** The error with which a call fails. @throws if it succeeds */
export async function failure(promise: Promise<unknown>): Promise<ServiceError> {
  const outcome = await promise.then(
    () => undefined,
    (error: ServiceError) => error,
  );
  if (outcome === undefined) throw new Error("It succeeded.");
  return outcome;
}

/** The object in an error: it exists although its create failed, and the engine saves it. */
export function savedObjectIn(error: ServiceError) {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (bytes === undefined) return undefined;
  const [detail] = Status.deserializeBinary(Buffer.from(bytes)).getDetailsList();
  const read = ErrorResourceInitFailed.deserializeBinary;
  const found = detail?.unpack(read, "pulumirpc.ErrorResourceInitFailed");
  const [inputs, properties] = [plain(found?.getInputs()), plain(found?.getProperties())];
  return { id: found?.getId(), inputs, properties, reasons: found?.getReasonsList() };
}

/** All text in an error, without the contents of marked secrets. */
export function errorText(error: ServiceError): string {
  return `${error.message}\n${error.details}\n${JSON.stringify(mapSecrets(savedObjectIn(error) ?? {}, () => "[secret]"))}`;
}

/** All text in an answer, without the contents of marked secrets. */
export function textWithoutSecrets(answer: { toObject(): unknown }): string {
  const structs = ["getProperties", "getInputs", "getReturn"].flatMap((get) => {
    const read: unknown = Reflect.get(answer, get);
    // Messages have these methods for properties only.
    return typeof read === "function" ? [plain(read.call(answer) as Struct | undefined)] : [];
  });
  const { properties: _p, inputs: _i, pb_return: _r, ...rest } = answer.toObject() as Wire;
  return JSON.stringify([rest, mapSecrets(structs, () => "[secret]")]);
}

function nameIn(kinds: object, value: number): string | undefined {
  return Object.entries(kinds).find(([, number]) => number === value)?.[0];
}
