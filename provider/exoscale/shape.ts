import { isRecord } from "./refusal";

/**
 * What an answer must have, because this package relies on it: a text, a text of one form, a number, a boolean, an object
 * of texts under any names, a list of one shape, or an object with these members. A member whose name ends in `?` may be
 * absent or null. Exoscale's API document requires no member of any answer.
 */
export type Shape = Kind | RegExp | readonly [Shape] | { readonly [member: string]: Shape };

type Kind = "text" | "number" | "boolean" | "texts";

const isOfKind: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  // The names are the server's. So no path to one of them is told.
  texts: (value) => isRecord(value) && Object.values(value).every((each) => typeof each === "string"),
};

/** The first thing that is not as it must be, as a path such as `ssh-keys[0].name`; undefined if nothing is missing. */
export function findMissing(value: unknown, shape: Shape, path = ""): string | undefined {
  if (typeof shape === "string") return isOfKind[shape](value) ? undefined : path;
  if (shape instanceof RegExp) return typeof value === "string" && shape.test(value) ? undefined : path;
  if (isList(shape)) return missingInList(value, shape[0], path);
  return isRecord(value) ? missingMember(value, shape, path) : path;
}

/** Deletes members of a value of this shape that may be absent and are null: who reads them expects no null. */
export function deleteNulls(value: unknown, shape: Shape): void {
  if (typeof shape === "string" || shape instanceof RegExp) return;
  if (Array.isArray(value) && isList(shape)) for (const item of value) deleteNulls(item, shape[0]);
  if (!isRecord(value) || isList(shape)) return;
  for (const [member, inner] of Object.entries(shape)) {
    const name = member.replace(/\?$/, "");
    if (value[name] === null) delete value[name];
    else deleteNulls(value[name], inner);
  }
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(shape: Exclude<Shape, Kind | RegExp>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function missingInList(value: unknown, shape: Shape, path: string): string | undefined {
  if (!Array.isArray(value)) return path;
  for (const [index, item] of value.entries()) {
    const missing = findMissing(item, shape, `${path}[${index}]`);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function missingMember(
  value: Readonly<Record<string, unknown>>,
  shape: { readonly [member: string]: Shape },
  path: string,
): string | undefined {
  for (const [member, inner] of Object.entries(shape)) {
    const name = member.replace(/\?$/, "");
    if (name !== member && (value[name] ?? undefined) === undefined) continue;
    const missing = findMissing(value[name], inner, path === "" ? name : `${path}.${name}`);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
