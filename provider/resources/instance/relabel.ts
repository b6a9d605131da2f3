import type { ZoneAccount } from "../../account";
import { existing } from "./power";
import type { Labels } from "./reserved_labels";

/** The last change of each instance's labels: the API only takes all of them at once, so one has to follow the other. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Changes labels of an instance, from those that it has at that moment; a value of undefined takes a label away. Changes
 * that this process makes to one instance wait for each other.
 */
export async function relabel(
  zone: ZoneAccount,
  id: string,
  changes: Readonly<Record<string, string | undefined>>,
  deadline?: number,
): Promise<void> {
  const before = turns.get(id) ?? Promise.resolve();
  const turn = before.catch(() => undefined).then(() => write(zone, id, changes, deadline));
  turns.set(id, turn);
  try {
    await turn;
  } finally {
    if (turns.get(id) === turn) turns.delete(id);
  }
}

async function write(
  zone: ZoneAccount,
  id: string,
  changes: Readonly<Record<string, string | undefined>>,
  deadline: number | undefined,
): Promise<void> {
  const { labels: before = {} } = await existing(zone, id);
  const entries = Object.entries({ ...before, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const labels: Labels = Object.fromEntries(entries);
  if (JSON.stringify(labels) !== JSON.stringify(before)) await zone.instances.update(id, { labels }, deadline);
}
