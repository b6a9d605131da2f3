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
 * Marks a state that an update left when it failed half-way. The engine takes the inputs of that update for the last ones,
 * and they are not what the object was brought to: a front that joins the two must not. State format. The next update is
 * without it, and so is a read that has seen the object.
 */
export const PARTIAL_UPDATE_MARK = "halfUpdated";

/** A state without the mark: the object itself has been looked at. */
export function withoutPartialUpdateMark<State extends object>(state: State): State {
  const { [PARTIAL_UPDATE_MARK]: _, ...rest } = state as State & { [PARTIAL_UPDATE_MARK]?: true };
  return rest as unknown as State;
}

/**
 * A state in which what can be said in several ways stands as the program said it last. So a name that once was found to
 * mean the same as an id goes on doing so, whatever it would mean if it were looked up today.
 *
 * @param inputs the last inputs; empty where a front has none
 */
export function withLastInputs<State extends object>(
  { inputs: description }: Pick<Resource<never, State>, "inputs">,
  state: State,
  inputs: object,
): State {
  return { ...state, ...pick(fieldsMarked(description, "equivalentForms"), inputs) };
}

/** Without the fields that have no value: an absent output has no place in a state. */
export function omitUndefined<T extends object>(state: { [K in keyof T]: T[K] | undefined }): T {
  // Only optional fields can have been undefined.
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as T;
}

/** The state of a resource that was created or read before; undefined where properties are inputs only, as of one got by its id. */
export function lastState<State extends object>(
  { outputs }: Pick<Resource<never, State>, "outputs">,
  properties: Readonly<Record<string, unknown>>,
): State | undefined {
  const required = Object.entries(outputs.shape).filter(([, field]) => !field.safeParse(undefined).success);
  // What has all the outputs was made by create, read or update.
  return required.every(([name]) => properties[name] !== undefined) ? (properties as State) : undefined;
}
