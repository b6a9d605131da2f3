import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { Properties } from "../engine/values";
import { fieldsMarked } from "../resources/contract/description";
import type { Diff } from "../resources/contract/resource";
import { stableOutputs } from "./previewed";
import { type Change, changedPaths } from "./property_diffs";
import type { AnyResource } from "./subject";

/** The inputs before and after. */
interface Compared {
  readonly last: Properties;
  readonly next: Properties;
}

const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
const kinds: Readonly<Record<Change, readonly [update: PropertyDiff.Kind, replace: PropertyDiff.Kind]>> = {
  add: [ADD, ADD_REPLACE],
  delete: [DELETE, DELETE_REPLACE],
  update: [UPDATE, UPDATE_REPLACE],
};

/** A diff of the core for the engine, which shows each property that changes, and applies `replaceOnChanges` to it. */
export function diffResponse(resource: AnyResource, diff: Diff, inputs: Compared): DiffResponse {
  const { changes, replaces, deleteBeforeReplace, drifted, respelled = [] } = diff;
  const response = new DiffResponse();
  // How a program says a thing stands in the inputs, which the engine keeps even where nothing changes.
  const names = [...new Set([...changes, ...replaces])].filter((name) => !respelled.includes(name));
  const isChanged = names.length > 0 || drifted;
  response.setChanges(isChanged ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
  response.setReplacesList([...replaces]);
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setDiffsList(names);
  response.setStablesList(replaces.length > 0 ? [] : stableOutputs(resource));
  response.setHasdetaileddiff(true);
  for (const name of names) {
    const replacing = replaces.includes(name) ? 1 : 0;
    for (const [path, change] of pathsIn(resource, name, inputs)) {
      response.getDetaileddiffMap().set(path, propertyDiff(kinds[change][replacing]));
    }
  }
  return response;
}

/** What is secret is secret as a whole, and so is where in it something changed. */
function pathsIn({ inputs: { shape }, inputs }: AnyResource, name: string, { last, next }: Compared) {
  const isWhole = !(name in shape) || fieldsMarked(inputs, "secret").includes(name);
  const paths = changedPaths(name, last[name], next[name]);
  const isElsewhere = paths.length === 0;
  return isElsewhere || (isWhole && last[name] !== undefined && next[name] !== undefined)
    ? [[name, "update"] as const]
    : paths;
}

function propertyDiff(kind: PropertyDiff.Kind): PropertyDiff {
  const diff = new PropertyDiff();
  diff.setKind(kind);
  diff.setInputdiff(true);
  return diff;
}
