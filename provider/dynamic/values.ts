import { UNKNOWN } from "../resources/contract/description";

/** How the engine writes a value that a preview does not know (`unknownValue` in Pulumi's wire protocol). */
const unknownOnTheWire = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Where Pulumi keeps the provider's source text among the inputs and in the state. */
export const providerKey = "__provider";

/** Properties as Pulumi hands them to a dynamic provider. */
export type Properties = Readonly<Record<string, unknown>>;

/** From the engine to the core: unknown values marked, Pulumi's own property and absent values left out. */
export function fromEngine(properties: Properties): Properties {
  const { [providerKey]: _, ...own } = properties;
  return mapped(own, (value) => (value === unknownOnTheWire ? UNKNOWN : value)) as Properties;
}

/** From the core to the engine, which takes no `undefined` at any depth ("Unexpected struct type"). */
export function toEngine(properties: object): Record<string, unknown> {
  return mapped(properties, (value) => (value === UNKNOWN ? unknownOnTheWire : value)) as Record<string, unknown>;
}

function mapped(value: unknown, leaf: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, leaf));
  if (typeof value !== "object" || value === null) return leaf(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, mapped(item, leaf)]));
}
