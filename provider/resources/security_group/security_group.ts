import type { Account, SecurityGroup, SecurityGroupRule } from "../../account";
import { NotInAccountError, PartialCreateError } from "../../errors";
import { known } from "../contract/description";
import type { Context, Diff, Resource } from "../contract/resource";
import { inputsOf, withoutPartialUpdateMark } from "../contract/state";
import {
  type SecurityGroupInputs,
  type SecurityGroupRuleInputs,
  type SecurityGroupState,
  securityGroupInputs,
  securityGroupOutputs,
} from "./fields";
import { checkReplacementInUse, explainInUse, mustDeleteFirst } from "./replacement";
import { apiRules, declaredRule, sameRule, validateRules } from "./rules";

/** A security group with its rules: enough to open TCP 22, without which nobody logs in anywhere. */
export const securityGroup: Resource<SecurityGroupInputs, SecurityGroupState> = {
  name: "SecurityGroup",
  description:
    "A security group and all of its rules. Exoscale lets nothing in unless a rule says so: SSH needs TCP port 22.",
  inputs: securityGroupInputs,
  outputs: securityGroupOutputs,
  // The API knows no difference between no description and an empty one.
  sameValue: { description: (last = "", next = "") => last === next },

  applyDefaults: (inputs) => inputs,
  validate: validateRules,
  validateChange: checkReplacementInUse,
  async checkAgainstAccount(_inputs, { account }) {
    await account.verifyCredentials();
    return [];
  },
  async adjustDiff(diff: Diff, state, inputs, { account }) {
    const rules = known(inputs.rules);
    const isSame =
      diff.changes.includes("rules") && rules !== undefined && (await findSameRules(rules, state.rules, account));
    const deleteBeforeReplace = diff.replaces.length > 0 && mustDeleteFirst(inputs, state);
    return { ...diff, deleteBeforeReplace, ...(isSame && { equivalent: ["rules"] }) };
  },

  async create(inputs, context) {
    const { name, description } = inputs;
    let id: string | undefined;
    try {
      id = await context.account.securityGroups.create({ name, ...(description && { description }) }, (accepted) => {
        id = accepted;
      });
      await changeRules(id, inputs, context);
      return { id, state: { ...inputs, securityGroupId: id } };
    } catch (error) {
      if (id === undefined) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const state = { ...inputs, rules: [], securityGroupId: id };
      throw new PartialCreateError(`Security group "${name}" was made, but: ${reason}`, id, state, error);
    }
  },

  async read(id, last, context) {
    const found = await context.account.securityGroups.find(id);
    if (!found) return undefined;
    const state = await readGroup(found, last, context);
    return { id, inputs: inputsOf(securityGroupInputs, state), state };
  },

  async update(id, _last, inputs, context) {
    await changeRules(id, inputs, context);
    return { ...inputs, securityGroupId: id };
  },

  async delete(id, last, { account }) {
    try {
      await account.securityGroups.remove(id);
    } catch (error) {
      throw await explainInUse(error, last.name, account);
    }
  },
};

/** New rules first, so that what stays allowed is never closed for a moment. One at a time: the API locks the group. */
async function changeRules(id: string, inputs: SecurityGroupInputs, { account }: Context): Promise<void> {
  const group = await account.securityGroups.find(id);
  if (!group)
    throw new NotInAccountError(
      `Security group ${id} is gone. Run "pulumi refresh", then "pulumi up" to create it again.`,
    );
  const present = group.rules ?? [];
  const wanted = await apiRules(account, inputs.rules);
  for (const rule of without(wanted, present)) await account.securityGroups.addRule(id, rule);
  for (const rule of without(present, wanted)) await account.securityGroups.removeRule(id, rule.id);
}

/** Those of some rules that others do not have. */
function without<Rule extends SecurityGroupRule>(rules: readonly Rule[], others: readonly SecurityGroupRule[]): Rule[] {
  return rules.filter((rule) => !others.some((other) => sameRule(rule, other)));
}

/** The group as it is, with its rules in the program's own spelling and order where they mean the same. */
async function readGroup(
  found: SecurityGroup,
  last: SecurityGroupState | undefined,
  { account }: Context,
): Promise<SecurityGroupState> {
  const present = found.rules ?? [];
  const same = last !== undefined && (await areDeclared(present, last, account));
  return {
    ...(last && withoutPartialUpdateMark(last)),
    name: found.name,
    ...(found.description ? { description: found.description } : {}),
    rules: same ? last.rules : present.map(declaredRule),
    securityGroupId: found.id,
  };
}

async function findSameRules(
  rules: readonly SecurityGroupRuleInputs[],
  others: readonly SecurityGroupRuleInputs[],
  account: Account,
): Promise<boolean> {
  try {
    return areSame(await apiRules(account, rules), await apiRules(account, others));
  } catch (error) {
    // A rule about a group that is gone, or that is about to be made, is no other spelling of one that is there.
    if (error instanceof NotInAccountError) return false;
    throw error;
  }
}

function areSame(rules: readonly SecurityGroupRule[], others: readonly SecurityGroupRule[]): boolean {
  return without(rules, others).length === 0 && without(others, rules).length === 0;
}

async function areDeclared(present: readonly SecurityGroupRule[], { rules }: SecurityGroupState, account: Account) {
  try {
    return areSame(present, await apiRules(account, rules));
  } catch (error) {
    // A rule is about a group that is gone from the account, so it cannot be among those that are there.
    if (error instanceof NotInAccountError) return false;
    throw error;
  }
}
