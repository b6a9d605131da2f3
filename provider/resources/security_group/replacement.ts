import type { Account } from "../../account";
import { ApiError, GroupInUseError } from "../../errors";
import { printable } from "../../errors/printable";
import { known, type PreviewedFields, UNKNOWN } from "../contract/description";
import type { CheckContext, CheckFailure } from "../contract/resource";
import { findGroup } from "../group_choice";
import type { SecurityGroupInputs } from "./fields";

type Inputs = PreviewedFields<SecurityGroupInputs>;

/**
 * Whether the old group of a replacement has to be deleted first, because two cannot have one name. Otherwise it is
 * deleted last, because the API does not delete a group that has members.
 */
export function mustDeleteFirst(inputs: Inputs, olds: Pick<SecurityGroupInputs, "name">): boolean {
  return inputs.autoNamed === false && inputs.name === olds.name;
}

/** Refuses a replacement that would fail half-way, because the group has members and has to be deleted first. */
export async function checkReplacementInUse(
  inputs: Inputs,
  olds: SecurityGroupInputs,
  { account }: CheckContext,
): Promise<CheckFailure[]> {
  const isOther = inputs.description !== UNKNOWN && (known(inputs.description) ?? "") !== (olds.description ?? "");
  if (!isOther || !mustDeleteFirst(inputs, olds)) return [];
  const members = await findMembers(olds.name, account);
  if (members.length === 0) return [];
  const reason =
    `description of security group "${olds.name}" cannot be changed while instances are in it: ${members.join(", ")}. ` +
    "Exoscale can only make a new group, and two cannot have one name. Change the name as well, or leave it out.";
  return [{ property: "description", reason }];
}

/**
 * Adds the members to an error of a deletion, if there are any. How the API itself reports members is not documented.
 */
export async function explainInUse(error: unknown, name: string, account: Account): Promise<unknown> {
  if (!(error instanceof ApiError && [400, 409, 412].includes(error.status))) return error;
  // If the search fails, the error of the deletion must still be shown.
  const members = await findMembers(name, account).catch(() => []);
  if (members.length === 0) return error;
  return new GroupInUseError(
    `${error.message} Instances are in security group "${name}": ${members.join(", ")}. Remove them from it first.`,
    { cause: error },
  );
}

async function findMembers(name: string, account: Account): Promise<string[]> {
  const group = findGroup(await account.securityGroups.list(), name);
  if (!group) return [];
  const zones = await Promise.all((await account.zones()).map((zone) => account.zone(zone.name)));
  const lists = await Promise.all(
    zones.map(async (zone) =>
      (await zone.instances.list())
        .filter((instance) => instance["security-groups"]?.some(({ id }) => id === group.id))
        .map((instance) => `${printable(instance.name)} (${zone.name})`),
    ),
  );
  return lists.flat();
}
