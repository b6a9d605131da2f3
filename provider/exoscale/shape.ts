import { isRecord } from "./refusal";

/**
 * What an answer must have, because this package relies on it: a text, a text of one form, a list of one shape, or an
 * object with these members. A member whose name ends in `?` may be absent. Exoscale's API document requires no member
 * of any answer.
 */
export type Shape = "text" | RegExp | readonly [Shape] | { readonly [member: string]: Shape };

/** The first thing that is not as it must be, as a path such as `ssh-keys[0].name`; undefined if nothing is missing. */
export function findMissing(value: unknown, shape: Shape, path = ""): string | undefined {
  if (shape === "text" || shape instanceof RegExp) return isText(value, shape) ? undefined : path;
  if (isList(shape)) return missingInList(value, shape[0], path);
  return isRecord(value) ? missingMember(value, shape, path) : path;
}

function isText(value: unknown, form: "text" | RegExp): boolean {
  return typeof value === "string" && (form === "text" || form.test(value));
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(shape: Exclude<Shape, "text" | RegExp>): shape is readonly [Shape] {
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
