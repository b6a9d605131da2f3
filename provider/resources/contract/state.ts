import type { z } from "zod";

/** The part of a state that a program declares. A state is its inputs and its outputs side by side. */
export function inputsOf<Inputs extends object>(description: z.ZodObject, state: Inputs): Inputs {
  return only(Object.keys(description.shape), state);
}

/** The named fields of an object that have a value. */
export function only<T extends object>(names: readonly string[], object: T): T {
  const wanted = new Set(names);
  const entries = Object.entries(object).filter(([name, value]) => wanted.has(name) && value !== undefined);
  // The names are those of T's own fields, and the absent ones are optional.
  return Object.fromEntries(entries) as T;
}

/** Without the fields that have no value: an absent output has no place in a state. */
export function present<T extends object>(state: { [K in keyof T]: T[K] | undefined }): T {
  // Only optional fields can have been undefined.
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as T;
}
