import type { ZoneAccount } from "../../account";
import { equalValues } from "../contract/description";
import { Turns } from "../turns";
import type { LabelChanges } from "./key_labels";
import { existing } from "./power";
import { type Labels, reservedLabels } from "./reserved_labels";

/** The API only takes all labels of an instance at once, so that one change has to follow the other. */
const turns = new Turns();

/**
 * Changes labels of an instance, from those that it has at that moment. Changes that this process makes to one instance
 * wait for each other.
 */
export function relabel(
  zone: ZoneAccount,
  id: string,
  changes: (before: Labels) => LabelChanges,
  deadline?: number,
): Promise<void> {
  return turns.run(id, async () => {
    const { labels: before = {} } = await existing(zone, id);
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
