import type { Account, SecurityGroup, SecurityGroupRule } from "../../account";
import { ExoscaleSshError, isCertainlyNotCreated, NotInAccountError, PartialCreateError } from "../../errors";
import { known } from "../contract/description";
import { leftNothing } from "../contract/failed_creation";
import { nameLeftBehind } from "../contract/left_behind";
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
import { apiRules, declaredRule, ruleWithoutIds, sameRule, validateRules } from "./rules";

/** A security group with its rules. Without a rule for TCP 22, no SSH login is possible. */
export const securityGroup: Resource<SecurityGroupInputs, SecurityGroupState> = {
  name: "SecurityGroup",
  description:
    "A security group and all of its rules. Exoscale lets no traffic in without a rule: SSH needs TCP port 22.",
  inputs: securityGroupInputs,
  outputs: securityGroupOutputs,
  // The API does not distinguish an empty description from none.
  sameValue: { description: (last = "", next = "") => last === next },

  applyDefaults: (inputs) => inputs,
  validate: validateRules,
  validateChange: checkReplacementInUse,
  async checkAgainstAccount(inputs, { account, run }) {
    await account.verifyCredentials();
    const name = known(inputs.name);
    if (name !== undefined) run.declaredGroups.set(name, known(inputs.rules)?.map(ruleWithoutIds));
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
    const { securityGroups } = context.account;
    // After a request whose answer is lost, somebody else's empty group of that name would look like the new one.
    const present = await securityGroups.list();
    const others = present.filter((group) => group.name === name).map((group) => group.id);
    nameLeftBehind("SecurityGroup", inputs, present, context);
    let id: string | undefined;
    const onAccepted = (accepted: string) => {
      id = accepted;
    };
    try {
      id = await securityGroups.create({ name, ...(description && { description }) }, { others, onAccepted });
      await changeRules(id, inputs, context);
      return { id, state: { ...inputs, securityGroupId: id } };
    } catch (error) {
      const created = id;
      if (created === undefined) throw explainFailedCreation(error, name, others);
      if (await leftNothing(error, () => securityGroups.find(created))) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const state = { ...inputs, rules: [], securityGroupId: created };
      throw new PartialCreateError(`Security group "${name}" was made, but: ${reason}`, created, state, error);
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

/**
 * Names the group that had the name before, else the one that the creation may have made although it failed. Without its
 * id no state can have it.
 */
function explainFailedCreation(error: unknown, name: string, others: readonly string[]): unknown {
  if (!(error instanceof ExoscaleSshError)) return error;
  const [other] = others;
  if (other !== undefined) {
    const explained = error.addSentence(
      `The account had a security group "${name}" (${other}) before: import it, or choose another name.`,
    );
    // Where Exoscale has another reason, that group is not in the way.
    if (!isCertainlyNotCreated(error)) return explained;
    return explained.addSentence(
      `If an interrupted run made it, and no stack has it, delete it: exo compute security-group delete ${other}`,
    );
  }
  if (isCertainlyNotCreated(error)) return error;
  return error.addSentence(
    `It is not known whether security group "${name}" was made. If it was, no state has it: look for it with "exo compute ` +
      `security-group show ${name}", and delete it.`,
  );
}

/**
 * Adds new rules before it removes old ones, so that no allowed traffic is interrupted. One at a time: the API locks
 * the group.
 */
async function changeRules(id: string, inputs: SecurityGroupInputs, { account }: Context): Promise<void> {
  const group = await account.securityGroups.find(id);
  if (!group)
    throw new NotInAccountError(
      `Security group ${id} is gone. Run "pulumi refresh", then "pulumi up" to create it again.`,
    );
  const present = group.rules ?? [];
  const wanted = await apiRules(account, inputs.rules);
  for (const rule of without(wanted, present))
    await account.securityGroups.addRule(id, rule, (existing) => sameRule(existing, rule));
  for (const rule of without(present, wanted)) await account.securityGroups.removeRule(id, rule.id);
}

/** The rules that are not among the others. */
function without<Rule extends SecurityGroupRule>(rules: readonly Rule[], others: readonly SecurityGroupRule[]): Rule[] {
  return rules.filter((rule) => !others.some((other) => sameRule(rule, other)));
}

/** The group as it is. If its rules equal the declared ones, they have the program's spelling and order. */
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
    // A rule about a group that does not exist (any more, or yet) equals no rule that is there.
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
    // A declared rule names a group that is gone from the account, so the present rules cannot equal the declared ones.
    if (error instanceof NotInAccountError) return false;
    throw error;
  }
}
