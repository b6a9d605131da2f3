import { createHash } from "node:crypto";
import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { autoName } from "../resources/contract/identity";

/** Names for an object for which the program gives none. */
export interface Naming {
  /** What the stack's configuration of names (`pulumi:autonaming`) proposes. */
  readonly proposedName?: string;
  /** One of ours that follows from the engine's random seed, so that `pulumi up` keeps the name of a saved plan. */
  readonly freshName?: string;
}

/** The names that a request has for its object. */
export function namingOf(request: CheckRequest): Naming {
  const proposedName = request.getAutonaming()?.getProposedName();
  const seed = request.getRandomseed_asU8();
  const random = createHash("sha256").update(request.getUrn()).update(seed).digest();
  return {
    ...(proposedName && { proposedName }),
    ...(seed.length > 0 && { freshName: autoName(request.getName(), random) }),
  };
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
