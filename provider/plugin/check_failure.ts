import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import type { CheckFailure as Failure } from "../resources/contract/resource";
import { wholeCharacters } from "./whole_characters";

/** What is wrong with one property, for the engine. */
export function asFailure({ property, reason }: Failure): CheckFailure {
  const failure = new CheckFailure();
  failure.setProperty(property);
  failure.setReason(wholeCharacters(reason));
  return failure;
}
