import type { ZoneAccount } from "../../account";
import { KeyedMutex } from "../../keyed_mutex";
import { equalValues } from "../contract/description";
import { findExisting } from "../machine";
import type { LabelChanges } from "./key_labels";
import { type Labels, reservedLabels } from "./reserved_labels";

/** The API only takes all labels of an instance at once, so that one change has to follow the other. */
const instances = new KeyedMutex();

/**
 * Changes labels of an instance, from those that it has at that moment. Changes that this process makes to one instance
 * wait for each other.
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

/** Makes the program's labels what they are to be, and leaves ours. */
export function withProgramLabels(before: Labels, wanted: Labels = {}): LabelChanges {
  const reserved = reservedLabels(before);
  const gone = Object.keys(before).filter((name) => !(name in reserved) && !(name in wanted));
  return { ...Object.fromEntries(gone.map((name) => [name, undefined])), ...wanted };
}
