/** Reads members of a body that passed its schema, so that routes state types without casting. */
import type { Body } from "./schema";

/** A text member, or undefined when it is absent or null. */
export function text(body: Body, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" ? value : undefined;
}

/** A number member, or undefined. */
export function number(body: Body, name: string): number | undefined {
  const value = body[name];
  return typeof value === "number" ? value : undefined;
}

/** A boolean member, or undefined. */
export function flag(body: Body, name: string): boolean | undefined {
  const value = body[name];
  return typeof value === "boolean" ? value : undefined;
}

/** The `id` of a reference member, or undefined. */
export function refId(body: Body, name: string): string | undefined {
  return member(body[name], "id");
}

/** The ids of a list of references; undefined when the list is absent or null. */
export function refIds(body: Body, name: string): string[] | undefined {
  return members(body[name], "id");
}

/** The names of the keys in `ssh-keys`, or the one in the older `ssh-key`; undefined when neither is given. */
export function keyNames(body: Body): string[] | undefined {
  const one = member(body["ssh-key"], "name");
  return members(body["ssh-keys"], "name") ?? (one === undefined ? undefined : [one]);
}

/** A map of texts, or undefined when it is absent or null. */
export function textMap(body: Body, name: string): Record<string, string> | undefined {
  const value = body[name];
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}

function members(list: unknown, name: string): string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((entry) => member(entry, name) ?? []);
}

function member(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === "string" ? found : undefined;
}
