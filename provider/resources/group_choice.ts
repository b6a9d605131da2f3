import type { Account } from "../account";
import { NotInAccountError } from "../errors";
import { isId } from "./contract/id";
import type { CheckFailure } from "./contract/resource";

/** The kinds of groups that an instance can be in, as the account and the inputs of an instance name them. */
export type GroupKind = "securityGroups" | "antiAffinityGroups";

const words: Readonly<Record<GroupKind, { one: string; remedy: string }>> = {
  securityGroups: {
    one: "security group",
    remedy: "Declare it as a SecurityGroup and pass that, or correct the name.",
  },
  antiAffinityGroups: { one: "anti-affinity group", remedy: "Create it first, or correct the name." },
};

interface Group {
  readonly id: string;
  readonly name: string;
}

/** The group with that id or that name. */
export function findGroup<T extends Group>(groups: readonly T[], wanted: string): T | undefined {
  return groups.find(({ id, name }) => (isId(wanted) ? id === wanted.toLowerCase() : name === wanted));
}

/** The error text for a group that the account does not have. */
export function noSuchGroup(kind: GroupKind, wanted: string): string {
  return `The account has no ${words[kind].one} "${wanted}". ${words[kind].remedy}`;
}

/** The ids of groups that are given by id or name. @throws NotInAccountError */
export async function findGroupIds(account: Account, kind: GroupKind, wanted: readonly string[]): Promise<string[]> {
  if (wanted.every(isId)) return wanted.map((id) => id.toLowerCase());
  const groups = await account[kind].list();
  return wanted.map((group) => {
    const found = findGroup<Group>(groups, group);
    if (!found) throw new NotInAccountError(noSuchGroup(kind, group));
    return found.id;
  });
}

/** A failure for each group that the inputs add to an instance and that the account does not have. */
export async function checkGroups(
  account: Account,
  kind: GroupKind,
  wanted: readonly string[] = [],
  before: readonly string[] = [],
): Promise<CheckFailure[]> {
  if (wanted.every((group) => before.includes(group))) return [];
  const groups = await account[kind].list();
  return wanted.flatMap((group, index) =>
    before.includes(group) || findGroup<Group>(groups, group)
      ? []
      : [{ property: `${kind}[${index}]`, reason: noSuchGroup(kind, group) }],
  );
}
