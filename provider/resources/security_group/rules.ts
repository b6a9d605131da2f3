import { isDeepStrictEqual } from "node:util";
import type { Account, SecurityGroup, SecurityGroupRule } from "../../account";
import { NotInAccountError } from "../../errors";
import { isGiven, known, type Previewed, type PreviewedFields } from "../contract/description";
import type { CheckFailure } from "../contract/resource";
import { findGroup, noSuchGroup } from "../group_choice";
import type { SecurityGroupInputs, SecurityGroupRuleInputs } from "./fields";

/** Checks which parts of a rule conflict with, or need, each other. */
export function validateRules({ rules }: PreviewedFields<SecurityGroupInputs>): CheckFailure[] {
  return Array.isArray(rules) ? rules.flatMap((rule, index) => validateRule(rule, `rules[${index}]`)) : [];
}

function validateRule(rule: Previewed<SecurityGroupRuleInputs>, property: string): CheckFailure[] {
  if (typeof rule !== "object") return [];
  const protocol = known(rule.protocol);
  const ports = protocol === undefined || protocol === "tcp" || protocol === "udp";
  const [first, last] = [known(rule.startPort), known(rule.endPort)];
  const conditions: [isWrong: boolean, reason: string][] = [
    [
      isGiven(rule.network) && isGiven(rule.securityGroup),
      "network and securityGroup are both given. A rule is about one of them: make two rules.",
    ],
    [
      !isGiven(rule.network) && !isGiven(rule.securityGroup),
      'Neither network nor securityGroup is given. Give one: network: "0.0.0.0/0" is everybody.',
    ],
    [
      !ports && (isGiven(rule.startPort) || isGiven(rule.endPort)),
      `Protocol ${protocol} has no ports. Remove startPort and endPort.`,
    ],
    [isGiven(rule.endPort) && !isGiven(rule.startPort), "endPort is given without startPort. Give both."],
    [
      first !== undefined && last !== undefined && last < first,
      `endPort ${last} is below startPort ${first}. Swap them.`,
    ],
    [
      isGiven(rule.icmp) && protocol !== undefined && !protocol.startsWith("icmp"),
      `Protocol ${protocol} has no ICMP type. Remove icmp.`,
    ],
  ];
  return conditions.filter(([isWrong]) => isWrong).map(([, reason]) => ({ property, reason }));
}

/** The rules as the API has them, groups by id. @throws NotInAccountError for a group that does not exist */
export async function apiRules(
  account: Account,
  rules: readonly SecurityGroupRuleInputs[],
): Promise<SecurityGroupRule[]> {
  const namesGroup = rules.some(({ securityGroup }) => securityGroup !== undefined);
  const groups = namesGroup ? await account.securityGroups.list() : [];
  return rules.map((rule) => apiRule(rule, groups));
}

function apiRule(rule: SecurityGroupRuleInputs, groups: readonly SecurityGroup[]): SecurityGroupRule {
  const group = rule.securityGroup === undefined ? undefined : findGroup(groups, rule.securityGroup);
  if (rule.securityGroup !== undefined && !group)
    throw new NotInAccountError(noSuchGroup("securityGroups", rule.securityGroup));
  return { ...ruleWithoutIds(rule), ...(group && { "security-group": { id: group.id } }) };
}

/** A rule in the form of the API, with the other group as the program names it. */
export function ruleWithoutIds(rule: SecurityGroupRuleInputs): SecurityGroupRule {
  const { flowDirection = "ingress", protocol, startPort, endPort = startPort, icmp, network, description } = rule;
  return {
    "flow-direction": flowDirection,
    protocol,
    ...(startPort !== undefined && { "start-port": startPort }),
    ...(endPort !== undefined && { "end-port": endPort }),
    ...(icmp && {
      icmp: {
        ...(icmp.type !== undefined && { type: icmp.type }),
        ...(icmp.code !== undefined && { code: icmp.code }),
      },
    }),
    ...(network !== undefined && { network }),
    ...(rule.securityGroup !== undefined && { "security-group": { name: rule.securityGroup } }),
    ...(description && { description }),
  };
}

/** A rule of the API in the form of an input. */
export function declaredRule(rule: SecurityGroupRule): SecurityGroupRuleInputs {
  const { "start-port": startPort, "end-port": endPort, icmp, network, description } = rule;
  const group = rule["security-group"]?.id ?? rule["security-group"]?.name;
  return {
    flowDirection: rule["flow-direction"],
    protocol: rule.protocol,
    ...(startPort !== undefined && { startPort }),
    ...(endPort !== undefined && { endPort }),
    ...(icmp && { icmp }),
    ...(network !== undefined && { network }),
    ...(group !== undefined && { securityGroup: group }),
    ...(description && { description }),
  };
}

/** Whether two rules allow the same traffic and have the same description. */
export function sameRule(left: SecurityGroupRule, right: SecurityGroupRule): boolean {
  return isDeepStrictEqual(comparable(left), comparable(right));
}

function comparable(rule: SecurityGroupRule) {
  const { description = "", icmp = {}, "security-group": group } = rule;
  // For an ICMP rule without a type or a code, the API answers -1, which means any.
  const any = rule.protocol.startsWith("icmp") ? -1 : undefined;
  return [
    rule["flow-direction"],
    rule.protocol,
    rule["start-port"],
    rule["end-port"],
    icmp.type ?? any,
    icmp.code ?? any,
    rule.network,
    group?.id ?? group?.name,
    description,
  ];
}
