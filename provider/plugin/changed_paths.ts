import { equalValues } from "../resources/contract/description";
import { childPath } from "../resources/contract/property_path";

/** How a value at a path changes. */
export type Change = "add" | "delete" | "update";

/**
 * The paths at which two values differ, in Pulumi's notation: `labels.env`, `sshKeys[1].name`, `labels["a.b"]`. Lists of
 * different lengths, and unknown values, differ as a whole.
 */
export function changedPaths(path: string, last: unknown, next: unknown): (readonly [path: string, change: Change])[] {
  if (equalValues(last, next)) return [];
  if (last === undefined) return [[path, "add"]];
  if (next === undefined) return [[path, "delete"]];
  const inner = innerPaths(path, last, next);
  return inner ?? [[path, "update"]];
}

function innerPaths(path: string, last: unknown, next: unknown) {
  if (Array.isArray(last) && Array.isArray(next) && last.length === next.length) {
    return last.flatMap((item, index) => changedPaths(childPath(path, index), item, next[index]));
  }
  if (!isMap(last) || !isMap(next)) return undefined;
  const names = [...new Set([...Object.keys(last), ...Object.keys(next)])];
  return names.flatMap((name) => changedPaths(childPath(path, name), last[name], next[name]));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
