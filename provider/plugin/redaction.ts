import { AsyncLocalStorage } from "node:async_hooks";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { withoutInvisible } from "../errors/printable";
import type { Redaction } from "../resources/contract/redaction";

/** Hides the secrets of the current call's request. */
const currentRedaction = new AsyncLocalStorage<Redaction>();

/** The methods by which requests give their properties. */
const getters = ["getNews", "getOlds", "getOldInputs", "getProperties", "getInputs", "getArgs"];

/**
 * Runs a call so that no log line, no failure of a check and no error shows one of its secrets.
 *
 * @param findRedaction is called for the first message, which most calls never have
 */
export function withRedaction<Result>(findRedaction: () => Redaction, call: () => Promise<Result>): Promise<Result> {
  let redaction: Redaction | undefined;
  return currentRedaction.run((message) => {
    redaction ??= findRedaction();
    return redaction(message);
  }, call);
}

/**
 * A message without the secrets of its call, and without characters that a terminal would obey. A half surrogate pair
 * goes too: gRPC cannot send one in an error, and the engine refuses a message with one.
 */
export function redact(message: string): string {
  return withoutInvisible(currentRedaction.getStore()?.(message) ?? message);
}

/** All properties of a request, of any kind. */
export function propertiesOf(request: unknown): Struct[] {
  if (typeof request !== "object" || request === null) return [];
  return getters.flatMap((name) => {
    const get: unknown = Reflect.get(request, name);
    const properties: unknown = typeof get === "function" ? get.call(request) : undefined;
    return properties instanceof Struct ? [properties] : [];
  });
}
