import { equalValues } from "../resources/contract/description";
import { childPath } from "../resources/contract/property_path";
import type { SameItem } from "../resources/contract/resource";

/** How a value at a path changes. */
export type Change = "add" | "delete" | "update";

type Changed = readonly [path: string, change: Change];

/**
 * The paths at which two values differ, in Pulumi's notation: `labels.env`, `sshKeys[1].name`, `labels["a.b"]`. Lists of
 * different lengths, and unknown values, differ as a whole.
 *
 * @param sameItem for a list whose order means nothing, whether two items mean the same: the list differs at the items
 * that left and came, and not at those that moved
 */
export function changedPaths(path: string, last: unknown, next: unknown, sameItem?: SameItem): Changed[] {
  if (equalValues(last, next)) return [];
  if (last === undefined) return [[path, "add"]];
  if (next === undefined) return [[path, "delete"]];
  if (sameItem && Array.isArray(last) && Array.isArray(next)) return itemPaths(path, last, next, sameItem);
  const inner = innerPaths(path, last, next);
  return inner ?? [[path, "update"]];
}

/** An item that left is shown at its place before, one that came at its place now. */
function itemPaths(path: string, last: readonly unknown[], next: readonly unknown[], sameItem: SameItem): Changed[] {
  const left = last.flatMap((item, place) => (next.some((other) => sameItem(item, other)) ? [] : [place]));
  const came = next.flatMap((item, place) => (last.some((other) => sameItem(other, item)) ? [] : [place]));
  const places = [...new Set([...left, ...came])].sort((a, b) => a - b);
  return places.map((place): Changed => {
    const change = !came.includes(place) ? "delete" : left.includes(place) ? "update" : "add";
    return [childPath(path, place), change];
  });
}

function innerPaths(path: string, last: unknown, next: unknown): Changed[] | undefined {
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
