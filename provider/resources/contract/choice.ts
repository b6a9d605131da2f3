import * as z from "zod";
import "./description";

/**
 * An enumeration with a description for each value. Programs and states have the value itself.
 *
 * @param id name of the enumeration in `schema.json` and in the generated SDKs; no resource and no other type may have
 * it
 * @param description what is chosen, in a sentence
 * @param values the values, each with its meaning in a sentence
 */
export function choice<const Values extends Readonly<Record<string, string>>>(
  id: string,
  description: string,
  values: Values,
) {
  // The keys of an object literal are all that it has.
  const words = Object.keys(values) as (keyof Values & string)[];
  return z.enum(words).meta({ id, description, values });
}
