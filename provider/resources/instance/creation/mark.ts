import type { Account, Instance, ZoneAccount } from "../../../account";
import type { Run } from "../../contract/run";
import { beginToRemoveLabel, removeLabel } from "../../labels/change_labels";
import { CREATING_LABEL, OWNER_LABEL, RESOURCE_LABEL } from "../../labels/reserved_labels";
import type { InstanceAddress } from "../address";
import type { InstanceInputs, InstanceState } from "../fields";
import type { Job } from "../job";
import type { CreationRequest } from "./request";

/**
 * The mark of a creation (`CREATING_LABEL`): this instance may be in no state, because a run may have been killed before
 * the engine saved it. See docs/design/interrupted-creations.md.
 */

/** The time that the engine gives a plugin at its end, in ms. */
const LAST_MOMENTS_MS = 5_000;

/** How creations that begin or end at once share their requests. */
export const together = { gatherMs: 25 };

/** The instances that were made for one resource, in this run or before. */
export interface MadeBefore {
  /** Those that have the mark. They have all members that the API returns for a single instance. */
  readonly marked: readonly Instance[];
  /** Those that have none any more. Their members are those of the API's list. */
  readonly unmarked: readonly Instance[];
}

/** Finds the instances that were made for the resource of this creation. */
export async function findMadeBefore(zone: ZoneAccount, request: CreationRequest): Promise<MadeBefore> {
  const digest = request.labels[CREATING_LABEL];
  if (digest === undefined) return { marked: [], unmarked: [] };
  const listed = await zone.instances.list(together);
  const isMarked = ({ labels }: Instance) => labels?.[CREATING_LABEL] === digest;
  const found = await Promise.all(listed.filter(isMarked).map(({ id }) => zone.instances.find(id)));
  return {
    marked: found.filter((instance) => instance !== undefined),
    unmarked: listed.filter((instance) => !isMarked(instance) && instance.labels?.[RESOURCE_LABEL] === digest),
  };
}

/** Remembers for this run that a state has the instance of this owner. */
export function rememberSaved(saved: { readonly owner?: string | undefined } | undefined, { savedOwners }: Run): void {
  if (saved?.owner !== undefined) savedOwners.add(saved.owner);
}

/** Whether a state is known to have the instance: a call of this run has shown its owner. */
export function isSaved({ labels }: Instance, { savedOwners }: Run): boolean {
  const owner = labels?.[OWNER_LABEL];
  return owner !== undefined && savedOwners.has(owner);
}

/** Removes the mark of an instance that a state has; does nothing if the instance is gone. */
export async function clearMark(zone: ZoneAccount, id: string, deadline: number): Promise<void> {
  await removeLabel(zone, id, CREATING_LABEL, deadline);
}

/** Removes the mark of a new instance once the engine has saved it. */
export function clearMarkOnceSaved({ run, zone, id }: Pick<Job, "run" | "id"> & { zone: { name: string } }): void {
  run.onceSaved.set(id, async (account: Account) =>
    beginToRemoveLabel(await account.zone(zone.name), id, CREATING_LABEL, Date.now() + LAST_MOMENTS_MS),
  );
}

/**
 * The line for an instance without a mark that was made for the same resource, and that no call of this run has shown:
 * it is about to be deleted by `--replace`, another resource or stack has it, or no state has it.
 */
export function madeBeforeText({ id, name }: Instance, zone: string): string {
  return (
    `Instance "${name}" (${zone}/${id}) was made for this resource by an earlier run. If Pulumi deletes it in this run, or a ` +
    "resource has it under another name or in another stack (renamed, moved, imported), there is nothing to do. Otherwise " +
    "no state has it: it was removed from the state, or Pulumi could not save it. If you do not need it, run: " +
    `exo compute instance delete --zone ${zone} ${id}`
  );
}

/** The warning for an instance that a replacement has adopted, so that nothing was replaced. */
export function notReplacedText({ name }: Pick<InstanceState, "name">, { zone, id }: InstanceAddress): string {
  return (
    `Instance "${name}" (${zone}/${id}) was not replaced: its mark said that an interrupted run had left it, so the ` +
    "replacement continued with it. It has no mark any more. To make a new instance, run the same command again."
  );
}

/** The warning for an instance of a state that another resource, or another run, has adopted. */
export function takenOverText({ zone, id }: InstanceAddress): string {
  return (
    `Instance ${zone}/${id} is not deleted: it has another owner than this state says, either its replacement, which goes ` +
    "on with it, or a run that was killed before it was saved. If no other resource of a stack is this instance, delete " +
    `it: exo compute instance delete --zone ${zone} ${id}`
  );
}

/** Whether another state owns an instance. A state of an older version has no owner, and an unfinished one takes it. */
export function isAdoptedElsewhere({ labels }: Instance, last: Pick<InstanceState, "owner" | "unfinished">): boolean {
  const owner = labels?.[OWNER_LABEL];
  return owner !== undefined && last.owner !== undefined && owner !== last.owner && last.unfinished !== true;
}

/** The warning for an update of an instance that had another owner, which the update replaces. */
export function adoptedElsewhereText(
  { name, identity }: Pick<InstanceInputs, "name" | "identity">,
  { zone, id }: InstanceAddress,
) {
  const urn = identity === undefined ? "<urn>" : `'${identity.urn}'`;
  return (
    `Instance "${name}" (${zone}/${id}) had another owner: another resource or stack has adopted it, or a run that was ` +
    "killed before Pulumi saved it. Now it belongs to this resource, and only its deletion deletes it. If two states have " +
    `it, take it out of one of them, for example of this one: pulumi state delete ${urn}`
  );
}
