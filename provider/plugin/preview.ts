import type { z } from "zod";
import type { Properties } from "../engine/values";
import { fieldsMarked, UNKNOWN } from "../resources/contract/description";
import type { AnyResource } from "./tokens";

type Described = Pick<AnyResource, "inputs" | "outputs">;

/**
 * What a preview shows of a resource that is to be created: its inputs, and the outputs that follow from them. The other
 * outputs are unknown. So is its name: another resource or a function that gets the name would look for it in the
 * account, where it does not exist yet.
 */
export async function previewCreate(resource: AnyResource, given: Properties): Promise<Properties> {
  const unknown = Object.fromEntries(shownOutputs(resource).map((name) => [name, UNKNOWN]));
  return {
    ...unknown,
    ...(await resource.previewOutputs?.(given)),
    ...given,
    ...("name" in given && { name: UNKNOWN }),
  };
}

/**
 * What a preview shows of a resource that is to be updated: an output keeps its value if it depends on none of the
 * changed inputs, and is unknown otherwise.
 */
export function previewUpdate(
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

/** The outputs that no update changes. */
export function stableOutputs({ outputs }: Pick<Described, "outputs">): string[] {
  return Object.keys(outputs.shape).filter((name) => fieldOf(outputs, name)?.meta()?.changesWith?.length === 0);
}

function shownOutputs({ outputs }: Pick<Described, "outputs">): string[] {
  const hidden = fieldsMarked(outputs, "hidden");
  return Object.keys(outputs.shape).filter((name) => !hidden.includes(name));
}

function fieldOf({ shape }: z.ZodObject, name: string): z.ZodType | undefined {
  return shape[name];
}
