import { UNKNOWN } from "../resources/contract/description";

/** How the engine writes a value that a preview does not know, whatever its type (Pulumi's wire protocol). */
const UNKNOWN_ON_THE_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The same for values of any type, and for a boolean, number, list, asset, archive or map. */
const unknowns: ReadonlySet<unknown> = new Set([
  UNKNOWN_ON_THE_WIRE,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Properties of a resource as Pulumi passes them, or as the core takes them. */
export type Properties = Readonly<Record<string, unknown>>;

/** From the engine to the core: marks unknown values and leaves out absent ones. */
export function fromEngine(properties: Properties): Properties {
  return mapLeaves(properties, (value) => (unknowns.has(value) ? UNKNOWN : value)) as Properties;
}

/** From the core to the engine, which accepts no `undefined` at any depth ("Unexpected struct type"). */
export function toEngine(properties: object): Record<string, unknown> {
  return mapLeaves(properties, (value) => (value === UNKNOWN ? UNKNOWN_ON_THE_WIRE : value)) as Record<string, unknown>;
}

function mapLeaves(value: unknown, leaf: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, leaf));
  if (typeof value !== "object" || value === null) return leaf(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, mapLeaves(item, leaf)]));
}
