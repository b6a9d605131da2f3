import type { z } from "zod";
import { fieldsMarked } from "./description";
import type { Resource } from "./resource";

/** The part of a state that a program declares. A state is its inputs and its outputs side by side. */
export function inputsOf<Inputs extends object>(description: z.ZodObject, state: Inputs): Inputs {
  return pick(Object.keys(description.shape), state);
}

/** The named fields of an object that have a value. */
export function pick<T extends object>(names: readonly string[], object: T): T {
  const wanted = new Set(names);
  const entries = Object.entries(object).filter(([name, value]) => wanted.has(name) && value !== undefined);
  // The names are those of T's own fields, and the absent ones are optional.
  return Object.fromEntries(entries) as T;
}

/**
 * Marks the state of an update that failed half-way. The engine keeps the inputs of that update as the last inputs, but
 * the object does not have all of them. So a front must not merge these inputs into the state. State format. The next
 * update removes the mark, and so does a read of the object.
 */
export const PARTIAL_UPDATE_MARK = "halfUpdated";

/** A state without the mark, for an object that has been read. */
export function withoutPartialUpdateMark<State extends object>(state: State): State {
  const { [PARTIAL_UPDATE_MARK]: _, ...rest } = state as State & { [PARTIAL_UPDATE_MARK]?: true };
  return rest as unknown as State;
}

/**
 * A state in which inputs with several equivalent forms have the form of the last inputs. So a name that was once found
 * to equal an id stays equal to it, even if a lookup today would find another id.
 *
 * @param inputs the last inputs; empty if a front has none
 */
export function withLastInputs<State extends object>(
  { inputs: description }: Pick<Resource<never, State>, "inputs">,
  state: State,
  inputs: object,
): State {
  return { ...state, ...pick(fieldsMarked(description, "equivalentForms"), inputs) };
}

/** The object without its undefined fields: a state does not contain absent outputs. */
export function omitUndefined<T extends object>(state: { [K in keyof T]: T[K] | undefined }): T {
  // Only optional fields can have been undefined.
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as T;
}

/**
 * The state of a resource that was created or read before; undefined if there are only inputs, as at an import by id.
 */
export function lastState<State extends object>(
  { outputs }: Pick<Resource<never, State>, "outputs">,
  properties: Readonly<Record<string, unknown>>,
): State | undefined {
  const required = Object.entries(outputs.shape).filter(([, field]) => !field.safeParse(undefined).success);
  // Only create, read and update return all outputs.
  return required.every(([name]) => properties[name] !== undefined) ? (properties as State) : undefined;
}
