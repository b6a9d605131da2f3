import { PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { Change } from "./changed_paths";

const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
const kinds: Readonly<Record<Change, readonly [update: PropertyDiff.Kind, replace: PropertyDiff.Kind]>> = {
  add: [ADD, ADD_REPLACE],
  delete: [DELETE, DELETE_REPLACE],
  update: [UPDATE, UPDATE_REPLACE],
};

/** How an input changes, and whether that makes a new object, for the engine. */
export function toPropertyDiff(change: Change, means: "update" | "replacement" = "update"): PropertyDiff {
  const diff = new PropertyDiff();
  diff.setKind(kinds[change][means === "update" ? 0 : 1]);
  diff.setInputdiff(true);
  return diff;
}
