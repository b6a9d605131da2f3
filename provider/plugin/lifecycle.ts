import {
  type CheckRequest,
  CheckResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  type DiffResponse,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Properties } from "../engine/values";
import { PartialCreateError } from "../errors";
import { check } from "../resources/contract/check";
import { changedInputs, diff } from "../resources/contract/diff";
import { lastState } from "../resources/contract/state";
import { PartialUpdateError, update } from "../resources/contract/update";
import { toDiffResponse } from "./diff_response";
import { InitFailed, toCheckFailure } from "./errors";
import { isNameRequired, missingName, namingOf } from "./naming";
import { previewCreate, previewUpdate } from "./preview";
import type { ResourceCall } from "./resource_call";
import { secretNames } from "./values";

/** Fills in defaults and a name, and reports what is wrong with the inputs. */
export async function checkResource(request: CheckRequest, call: ResourceCall): Promise<CheckResponse> {
  const olds = call.given(request.getOlds());
  const isNew = !request.getOlds()?.getFieldsMap().getLength();
  const news = call.given(request.getNews(), namingOf(request));
  const context = { ...call.context, secretInputs: secretNames(request.getNews()) };
  const { inputs, failures } = await check(call.resource, news, isNew ? undefined : olds, context);
  const response = new CheckResponse();
  response.setInputs(call.markSecrets(inputs, request.getNews()));
  const isUnnamed = "name" in call.resource.inputs.shape && news["name"] === undefined;
  // An object keeps the name that it got before the stack turned automatic names off.
  const isRefused = isNameRequired(request) && isUnnamed && (isNew || inputs["name"] !== olds["name"]);
  response.setFailuresList([...failures, ...(isRefused ? [missingName] : [])].map(toCheckFailure));
  return response;
}

/** Reports what a change means, property by property. */
export async function diffResource(request: DiffRequest, call: ResourceCall): Promise<DiffResponse> {
  const [last, inputs] = [call.last(request.getOlds(), request.getOldInputs()), call.given(request.getNews())];
  const result = await diff(call.resource, last, inputs, call.context);
  return toDiffResponse(call.resource, result, { last: call.given(request.getOldInputs()), next: inputs });
}

/** Creates the object; at a preview, returns what is already known of it. */
export async function createResource(request: CreateRequest, call: ResourceCall): Promise<CreateResponse> {
  const response = new CreateResponse();
  const inputs = call.given(request.getProperties());
  if (request.getPreview()) {
    response.setProperties(call.markSecrets(await previewCreate(call.resource, inputs), request.getProperties()));
    return response;
  }
  try {
    const { id, state } = await call.resource.create(inputs, call.context);
    response.setId(id);
    response.setProperties(call.markSecrets(state, request.getProperties()));
    return response;
  } catch (error) {
    if (!(error instanceof PartialCreateError)) throw error;
    const mark = (properties: object) => call.markSecrets(properties, request.getProperties());
    throw new InitFailed(error.id, mark(error.state), mark(inputs), error);
  }
}

/** Reads the object as it is now. The answer is empty if the object is gone. */
export async function readResource(request: ReadRequest, call: ResourceCall): Promise<ReadResponse> {
  const last = lastState(call.resource, call.last(request.getProperties(), request.getInputs()));
  const found = await call.resource.read(request.getId(), last, call.context);
  const response = new ReadResponse();
  if (!found) return response;
  response.setId(found.id);
  response.setProperties(call.markSecrets(found.state, request.getProperties(), request.getInputs()));
  response.setInputs(call.markSecrets(found.inputs, request.getInputs()));
  return response;
}

/** Updates the object to the inputs; at a preview, returns which of its outputs stay. */
export async function updateResource(request: UpdateRequest, call: ResourceCall): Promise<UpdateResponse> {
  const [last, inputs] = [call.last(request.getOlds(), request.getOldInputs()), call.given(request.getNews())];
  const state = request.getPreview()
    ? previewUpdate(call.resource, last, inputs, changedInputs(call.resource, last, inputs))
    : await updateObject(request, call, last, inputs);
  const response = new UpdateResponse();
  response.setProperties(call.markSecrets(state, request.getNews()));
  return response;
}

async function updateObject(request: UpdateRequest, call: ResourceCall, last: Properties, inputs: Properties) {
  const id = request.getId();
  try {
    return await update(call.resource, id, last, inputs, call.context);
  } catch (error) {
    if (!(error instanceof PartialUpdateError)) throw error;
    const state = call.markSecrets(error.state, request.getOlds(), request.getOldInputs(), request.getNews());
    throw new InitFailed(id, state, call.markSecrets(inputs, request.getNews()), error.cause);
  }
}

/** Deletes the object. */
export async function deleteResource(request: DeleteRequest, call: ResourceCall): Promise<Empty> {
  const last = call.last(request.getProperties(), request.getOldInputs());
  await call.resource.delete(request.getId(), last, call.context);
  return new Empty();
}
