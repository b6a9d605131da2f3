import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { Properties } from "../engine/values";
import { fieldsMarked } from "../resources/contract/description";
import type { Diff } from "../resources/contract/resource";
import { type Change, changedPaths } from "./changed_paths";
import { stableOutputs } from "./preview";
import type { AnyResource } from "./tokens";

/** The inputs before and after. */
interface Compared {
  readonly last: Properties;
  readonly next: Properties;
}

/** A diff of the core for the engine, which shows each changed property and applies `replaceOnChanges` to it. */
export function toDiffResponse(resource: AnyResource, diff: Diff, inputs: Compared): DiffResponse {
  const { changes, replaces, deleteBeforeReplace, drifted, equivalent = [] } = diff;
  const response = new DiffResponse();
  // An equivalent form of the same value is no change. The engine keeps the new inputs even if nothing changes.
  const names = [...new Set([...changes, ...replaces])].filter((name) => !equivalent.includes(name));
  const isChanged = names.length > 0 || drifted;
  response.setChanges(isChanged ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
  response.setReplacesList([...replaces]);
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setDiffsList(names);
  response.setStablesList(replaces.length > 0 ? [] : stableOutputs(resource));
  response.setHasdetaileddiff(true);
  for (const name of names) {
    const means = replaces.includes(name) ? "replacement" : "update";
    for (const [path, change] of pathsIn(resource, name, inputs)) {
      response.getDetaileddiffMap().set(path, toPropertyDiff(change, means));
    }
  }
  return response;
}

const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
const kinds: Readonly<Record<Change, readonly [update: PropertyDiff.Kind, replace: PropertyDiff.Kind]>> = {
  add: [ADD, ADD_REPLACE],
  delete: [DELETE, DELETE_REPLACE],
  update: [UPDATE, UPDATE_REPLACE],
};

/** How an input changes, and whether that replaces the object, for the engine. */
export function toPropertyDiff(change: Change, means: "update" | "replacement" = "update"): PropertyDiff {
  const diff = new PropertyDiff();
  diff.setKind(kinds[change][means === "update" ? 0 : 1]);
  diff.setInputdiff(true);
  return diff;
}

/** A secret is secret as a whole: no path shows where inside it something changed. */
function pathsIn({ inputs, sameItem }: AnyResource, name: string, { last, next }: Compared) {
  const paths = changedPaths(name, last[name], next[name], sameItem?.[name]);
  const isWhole = !(name in inputs.shape) || fieldsMarked(inputs, "secret").includes(name);
  const isInside = last[name] !== undefined && next[name] !== undefined;
  // Without a path the inputs are equal, and the difference is elsewhere: the object has drifted, for example.
  return paths.length === 0 || (isWhole && isInside) ? [[name, "update"] as const] : paths;
}
