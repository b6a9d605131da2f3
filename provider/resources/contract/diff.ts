import { equalValues, fieldsMarked, hasUnknown, type PreviewedFields } from "./description";
import type { Context, Diff, Resource } from "./resource";

/**
 * Compares checked inputs with the last state. A value that is not known yet counts as changed.
 *
 * @throws errors of the resource's `adjustDiff` for changes that it refuses.
 */
export async function diff<Inputs extends object, State extends object>(
  resource: Resource<Inputs, State>,
  state: State,
  inputs: PreviewedFields<Inputs>,
  context: Context,
): Promise<Diff> {
  const changes = changedInputs(resource, state, inputs);
  const replacing = new Set(fieldsMarked(resource.inputs, "replaces"));
  const replaces = changes.filter((name) => replacing.has(name));
  return await resource.adjustDiff(
    { changes, replaces, deleteBeforeReplace: false, drifted: false },
    state,
    inputs,
    context,
  );
}

/** Names of the inputs whose value differs from the state, hidden ones aside. */
export function changedInputs<Inputs extends object>(
  resource: Pick<Resource<Inputs, never>, "inputs" | "sameValue">,
  state: object,
  inputs: PreviewedFields<Inputs>,
): string[] {
  // A state is the inputs and the outputs side by side.
  const lastInputs = state as Inputs;
  const hidden = new Set(fieldsMarked(resource.inputs, "hidden"));
  return Object.keys(resource.inputs.shape).filter((name) => {
    if (hidden.has(name)) return false;
    // Names come from the description that `Inputs` is derived from.
    const key = name as keyof Inputs & string;
    const last = lastInputs[key];
    const same = resource.sameValue[key];
    return same ? !same(last, inputs[key]) : hasUnknown(inputs[key]) || !equalValues(last, inputs[key]);
  });
}
