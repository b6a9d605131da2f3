import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import type { CheckFailure as Failure } from "../resources/contract/resource";
import { sayable } from "./unspoken";

/** What is wrong with one property, for the engine. */
export function asFailure({ property, reason }: Failure): CheckFailure {
  const failure = new CheckFailure();
  failure.setProperty(property);
  failure.setReason(sayable(reason));
  return failure;
}
