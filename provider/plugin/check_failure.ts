import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import type { CheckFailure as Failure } from "../resources/contract/resource";
import { redact } from "./redaction";

/** What is wrong with one property, for the engine. */
export function toCheckFailure({ property, reason }: Failure): CheckFailure {
  const failure = new CheckFailure();
  failure.setProperty(property);
  failure.setReason(redact(reason));
  return failure;
}
