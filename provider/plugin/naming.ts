import { createHash } from "node:crypto";
import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { autoName } from "../resources/contract/identity";

/** Names for an object that the program does not name. */
export interface Naming {
  /** The name that the stack's configuration (`pulumi:autonaming`) proposes. */
  readonly proposedName?: string;
  /** Our own name. It follows from the engine's random seed, so that `pulumi up` keeps the name of a saved plan. */
  readonly freshName?: string;
  /** The owner of an instance, from the same seed. */
  readonly freshOwner?: string;
}

/** The names that a request gives for its object. */
export function namingOf(request: CheckRequest): Naming {
  const proposedName = request.getAutonaming()?.getProposedName();
  const seed = request.getRandomseed_asU8();
  const random = createHash("sha256").update(request.getUrn()).update(seed).digest();
  return {
    ...(proposedName && { proposedName }),
    ...(seed.length > 0 && {
      freshName: autoName(request.getName(), random),
      freshOwner: random.subarray(4, 12).toString("hex"),
    }),
  };
}

/** Whether the stack's configuration requires the program to name every object. */
export function isNameRequired(request: CheckRequest): boolean {
  return request.getAutonaming()?.getMode() === CheckRequest.AutonamingOptions.Mode.DISABLE;
}

/** The failure of an object without a name in such a stack. */
export const missingName = {
  property: "name",
  reason: "name is missing, and this stack's configuration (pulumi:autonaming) disables automatic names. Set name.",
};
