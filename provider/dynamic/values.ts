import { fromEngine as markUnknowns, type Properties } from "../engine/values";

export { type Properties, toEngine } from "../engine/values";

/** The property in which Pulumi keeps the provider's source text, among the inputs and in the state. */
export const PROVIDER_KEY = "__provider";

/** From the engine to the core, without Pulumi's own property. */
export function fromEngine(properties: Properties): Properties {
  const { [PROVIDER_KEY]: _, ...own } = properties;
  return markUnknowns(own);
}
