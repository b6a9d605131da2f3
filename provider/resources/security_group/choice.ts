import type { Account, SecurityGroup } from "../../account";
import { NotInAccountError } from "../../errors";
import { isId } from "../instance/zone_catalogue";

/** The group with that id or that name. */
export function findGroup(groups: readonly SecurityGroup[], wanted: string): SecurityGroup | undefined {
  return groups.find(({ id, name }) => (isId(wanted) ? id === wanted.toLowerCase() : name === wanted));
}

/** What to say when there is none. */
export function noSuchGroup(wanted: string): string {
  return `The account has no security group "${wanted}". Declare it as a SecurityGroup and pass that, or correct the name.`;
}

/** The ids of groups that are given by id or name. @throws NotInAccountError */
export async function groupIds(account: Account, wanted: readonly string[]): Promise<string[]> {
  if (wanted.every(isId)) return wanted.map((id) => id.toLowerCase());
  const groups = await account.securityGroups.list();
  return wanted.map((group) => {
    const found = findGroup(groups, group);
    if (!found) throw new NotInAccountError(noSuchGroup(group));
    return found.id;
  });
}
