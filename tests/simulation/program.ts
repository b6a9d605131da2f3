/** Programs for the engine model: resources by name, in the order in which a program declares them. */
import type { ResourceName } from "../../provider/resources";

export type Inputs = Readonly<Record<string, unknown>>;

/** A resource that a program declares. Its inputs may contain references, at any depth. */
export interface Declaration {
  readonly type: ResourceName;
  readonly name: string;
  readonly inputs: Inputs;
}

/** An output of another resource, or its `id`. */
export class Reference {
  constructor(
    readonly name: string,
    readonly output: string,
  ) {}
}

/** The names of the resources that a value refers to. */
export function referencesIn(value: unknown): string[] {
  if (value instanceof Reference) return [value.name];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(referencesIn);
}

/** A value with its references replaced. */
export function resolve(value: unknown, replace: (reference: Reference) => unknown): unknown {
  if (value instanceof Reference) return replace(value);
  if (Array.isArray(value)) return value.map((item) => resolve(item, replace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, replace)]));
}
