import { AsyncLocalStorage } from "node:async_hooks";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Redaction } from "../resources/contract/redaction";

/** How to hide, in what is said during a call, what its request has as a secret. */
const currentRedaction = new AsyncLocalStorage<Redaction>();

/** The requests that have properties name them by these. */
const getters = ["getNews", "getOlds", "getOldInputs", "getProperties", "getInputs", "getArgs"];

/**
 * Does something while no message shows a secret of a call: no line, no failure of a check and no error.
 *
 * @param masking asked for once something is said, which most calls never do
 */
export function withRedaction<Result>(masking: () => Redaction, answer: () => Promise<Result>): Promise<Result> {
  let made: Redaction | undefined;
  return currentRedaction.run((message) => {
    made ??= masking();
    return made(message);
  }, answer);
}

/** A message without what the call that it belongs to has as a secret, and without half characters. */
export function redact(message: string): string {
  const masked = currentRedaction.getStore()?.(message) ?? message;
  // As are left where a text was cut, or as Exoscale may send: gRPC cannot send them in an error, and the engine refuses a
  // message that has one.
  return Buffer.from(masked).toString();
}

/** All properties that a request brings, whatever it asks. */
export function propertiesOf(request: unknown): Struct[] {
  if (typeof request !== "object" || request === null) return [];
  return getters.flatMap((name) => {
    const get: unknown = Reflect.get(request, name);
    const found: unknown = typeof get === "function" ? get.call(request) : undefined;
    return found instanceof Struct ? [found] : [];
  });
}
