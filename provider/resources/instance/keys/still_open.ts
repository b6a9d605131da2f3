import { ExoscaleSshError } from "../../../errors";
import { isClosed } from "../../labels/key_labels";
import { findHoldersInReachableZones } from "../../revocation/holders";
import { table, type Unclosed } from "../../revocation/table";
import type { InstanceState } from "../fields";
import type { Job } from "../job";
import { leavingKeys } from "./access_changes";
import type { KeyFacts } from "./key_facts";

/** Longest time to search one zone, in milliseconds: the error of the update waits for it. */
const SEARCH_MS = 5_000;

/**
 * Adds to the error of an update where the keys that were to leave the instance are still open, on all machines. After
 * such an error Pulumi does not reach the deletion of the pair, which would say so.
 *
 * @returns the same error
 */
export async function addWhereKeysAreOpen(error: unknown, job: Job, last: InstanceState): Promise<unknown> {
  if (!(error instanceof ExoscaleSshError)) return error;
  // A failure of these requests must not hide the error of the update.
  const texts = await Promise.all(leavingKeys(last, job.inputs).map((key) => whereOpen(key, job))).catch(() => []);
  const tables = texts.filter((text) => text !== "").join("\n");
  return tables === "" ? error : error.addSentence(tables);
}

async function whereOpen(key: KeyFacts, { account, id }: Job): Promise<string> {
  const { holders, unsearched } = await findHoldersInReachableZones(account, key, SEARCH_MS);
  const open = holders.filter(({ labels }) => !isClosed(labels, key));
  const rows = open.map((holder): Unclosed => {
    if (holder.kind === "instance-pool") return { holder, what: "gives it to its future members", todo: "" };
    return { holder, what: holder.id === id ? "this change failed" : "is not proven closed", todo: "" };
  });
  if (rows.length === 0) return "";
  const of = `${rows.length} of ${holders.length}`;
  const rest = unsearched.length === 0 ? "" : `\nThese zones could not be searched: ${unsearched.join("; ")}.`;
  return `SSH key "${key.name}" still gets in where it is not proven closed, which is on ${of}:\n${table(rows)}${rest}`;
}
