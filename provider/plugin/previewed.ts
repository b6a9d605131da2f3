import type { z } from "zod";
import type { Properties } from "../engine/values";
import { fieldsMarked, UNKNOWN } from "../resources/contract/description";
import type { Resource } from "../resources/contract/resource";

type Described = Pick<Resource<never, never>, "inputs" | "outputs">;

/** What a preview shows of a resource that is to be made: its inputs, and outputs that nobody knows yet. */
export function previewedCreate({ inputs, outputs }: Described, given: Properties): Properties {
  const made = shownOutputs({ inputs, outputs }).filter((name) => given[name] === undefined || !(name in inputs.shape));
  return { ...given, ...Object.fromEntries(made.map((name) => [name, UNKNOWN])) };
}

/**
 * What a preview shows of a resource that is to be updated: an output is what it was if none of the changed inputs goes
 * into it, and unknown otherwise.
 */
export function previewedUpdate(
  described: Described,
  last: Properties,
  given: Properties,
  changes: readonly string[],
): Properties {
  const outputs = shownOutputs(described).map((name) => {
    const { changesWith } = fieldOf(described.outputs, name)?.meta() ?? {};
    const stays = changesWith?.every((input) => !changes.includes(input)) ?? false;
    return [name, stays ? last[name] : UNKNOWN];
  });
  return { ...Object.fromEntries(outputs), ...given };
}

/** The outputs that an update never alters. */
export function stableOutputs({ outputs }: Pick<Described, "outputs">): string[] {
  return Object.keys(outputs.shape).filter((name) => fieldOf(outputs, name)?.meta()?.changesWith?.length === 0);
}

function shownOutputs({ outputs }: Described): string[] {
  const hidden = fieldsMarked(outputs, "hidden");
  return Object.keys(outputs.shape).filter((name) => !hidden.includes(name));
}

function fieldOf({ shape }: z.ZodObject, name: string): z.ZodType | undefined {
  return shape[name];
}
