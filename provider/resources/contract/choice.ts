import * as z from "zod";
import "./description";

/**
 * One of a few words, each of which is described. Programs and states have the word itself.
 *
 * @param id name of the enumeration in `schema.json` and in the SDKs made of it: of no resource and no other type
 * @param description what is chosen, in a sentence
 * @param values the words, and what each of them means, in a sentence
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
