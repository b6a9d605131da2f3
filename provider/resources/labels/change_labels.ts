import type { InstanceSummary, ZoneAccount } from "../../account";
import { KeyedMutex } from "../../keyed_mutex";
import { equalValues } from "../contract/description";
import { findExisting } from "../machine";
import type { LabelChanges } from "./key_labels";
import { type Labels, reservedLabels } from "./reserved_labels";

/** The API replaces all labels of an instance at once, so changes must not overlap. */
const instances = new KeyedMutex();

/**
 * Reads the labels of an instance and changes them. Changes of one instance by this process wait for each other.
 */
export function changeLabels(
  zone: ZoneAccount,
  id: string,
  changes: (before: Labels) => LabelChanges,
  deadline?: number,
): Promise<void> {
  return instances.run(id, async () => {
    const { labels: before = {} } = await findExisting(zone, id);
    const entries = Object.entries({ ...before, ...changes(before) }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const labels: Labels = Object.fromEntries(entries);
    if (!equalValues(labels, before)) await zone.instances.update(id, { labels }, deadline);
  });
}

/** Removes a label of an instance, if it has it. Does nothing if the instance is gone. */
export function removeLabel(zone: ZoneAccount, id: string, name: string, deadline?: number): Promise<void> {
  return instances.run(id, async () => {
    const labels = labelsWithout(await zone.instances.find(id), name);
    if (labels) await zone.instances.update(id, { labels }, deadline);
  });
}

/**
 * The same, without waiting until it is done: for the end of a run, after which this process changes no label. All
 * instances that lose a label at once are read in one list.
 */
export function beginToRemoveLabel(zone: ZoneAccount, id: string, name: string, deadline?: number): Promise<void> {
  return instances.run(id, async () => {
    const labels = labelsWithout(await zone.instances.findListed(id), name);
    if (labels) await zone.instances.beginUpdate(id, { labels }, deadline);
  });
}

/** The labels of an instance without one; undefined if it does not have that one. */
function labelsWithout(instance: Pick<InstanceSummary, "labels"> | undefined, name: string): Labels | undefined {
  const { [name]: found, ...others } = instance?.labels ?? {};
  return found === undefined ? undefined : others;
}

/** The changes that set the program's labels to those wanted, and leave the reserved ones. */
export function withProgramLabels(before: Labels, wanted: Labels = {}): LabelChanges {
  const reserved = reservedLabels(before);
  const gone = Object.keys(before).filter((name) => !(name in reserved) && !(name in wanted));
  return { ...Object.fromEntries(gone.map((name) => [name, undefined])), ...wanted };
}
