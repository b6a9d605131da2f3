import { createHash } from "node:crypto";
import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { autoName } from "../resources/contract/identity";

/**
 * The name of an object for which the program gives none: what the stack's configuration of names (`pulumi:autonaming`)
 * proposes, else one of ours that follows from the engine's random seed, so that `pulumi up` keeps the name of a saved
 * plan. Undefined where there is no seed.
 */
export function proposedName(request: CheckRequest): string | undefined {
  const proposed = request.getAutonaming()?.getProposedName();
  if (proposed) return proposed;
  const seed = request.getRandomseed_asU8();
  if (seed.length === 0) return undefined;
  return autoName(request.getName(), createHash("sha256").update(request.getUrn()).update(seed).digest());
}

/** Whether the stack's configuration wants every object to be named by the program. */
export function isNameWanted(request: CheckRequest): boolean {
  return request.getAutonaming()?.getMode() === CheckRequest.AutonamingOptions.Mode.DISABLE;
}

/** What to say where it does and the program does not. */
export const nameWanted = {
  property: "name",
  reason: "name is not given, and this stack's configuration (pulumi:autonaming) has no names made. Give one.",
};
