import type { Account } from "../../../account";
import { ApiError, NotInAccountError } from "../../../errors";
import { printable } from "../../../errors/printable";
import { fitsNewKey } from "../../contract/key_name";
import type { InstanceInputs } from "../fields";

/** A name from here on is long enough to be compared with others, in characters. */
const SHORTEST_COMPARED = 3;

/**
 * The error text for a key that the account does not have.
 *
 * @param existing names of keys that the account has, or will have after this run
 */
export function missingKeyReason(name: string, existing: Iterable<string>): string {
  const near = [...existing].find((other) => isNear(name, other));
  const question = near === undefined ? "" : `Did you mean "${printable(near)}"? If not, `;
  const remedy = fitsNewKey(name) ? "register it, or declare it as an SshKeyPair and pass that." : "correct the name.";
  const advice = `${question}${remedy}`;
  return `The account has no SSH key "${name}". ${advice.charAt(0).toUpperCase()}${advice.slice(1)}`;
}

/** The error to throw for a refused creation. It names a key that the account no longer has: the API may not do so. */
export async function explainMissingKey(
  error: unknown,
  sshKeys: InstanceInputs["sshKeys"],
  account: Account,
): Promise<unknown> {
  if (!sshKeys?.length || !(error instanceof ApiError && [400, 404, 409].includes(error.status))) return error;
  // An error of this request must not hide the refusal.
  const registered = await account.sshKeys.list().catch(() => undefined);
  const names = new Set(registered?.map((key) => key.name));
  const missing = registered && sshKeys.find(({ name }) => !names.has(name));
  if (missing === undefined) return error;
  return new NotInAccountError(`${error.message} ${missingKeyReason(missing.name, names)}`, { cause: error });
}

/** Whether a name was probably meant for another: but for case or one letter, or without the end of a generated one. */
function isNear(name: string, other: string): boolean {
  const [left, right] = [name, other].map((text) => text.trim().toLowerCase()) as [string, string];
  if (left === right || /^-[0-9a-f]{7}$/.test(right.startsWith(left) ? right.slice(left.length) : "")) return true;
  return Math.min(left.length, right.length) >= SHORTEST_COMPARED && isOneSlipAway(left, right);
}

/** Whether two texts differ in one letter, or in the order of two. Names that differ in a number are different names. */
function isOneSlipAway(left: string, right: string): boolean {
  let start = 0;
  while (start < left.length && left[start] === right[start]) start++;
  let end = 0;
  const shorter = Math.min(left.length, right.length);
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const rests = [left, right].map((text) => text.slice(start, text.length - end));
  const isSwapped = rests[0]?.length === 2 && rests[0] === [...(rests[1] ?? "")].reverse().join("");
  return !/\d/.test(rests.join("")) && (isSwapped || rests.every((rest) => rest.length <= 1));
}
