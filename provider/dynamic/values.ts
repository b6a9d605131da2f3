import { fromEngine as marked, type Properties } from "../engine/values";

export { type Properties, toEngine } from "../engine/values";

/** Where Pulumi keeps the provider's source text among the inputs and in the state. */
export const providerKey = "__provider";

/** From the engine to the core, without Pulumi's own property. */
export function fromEngine(properties: Properties): Properties {
  const { [providerKey]: _, ...own } = properties;
  return marked(own);
}
