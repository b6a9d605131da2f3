import type { Account, HostAccess, Instance, SecurityGroup, SecurityGroupRule } from "../account";
import { SshTimeoutError, SshUnreachableError, withFirewall } from "../errors";
import { printable } from "../errors/printable";

/** The usual port of sshd. A port that is translated on the way is open by a rule for this one. */
const SSH_PORT = 22;

/** What is needed of a group: its name, and its rules if they are known. */
export type GroupRules = Pick<SecurityGroup, "name"> & { readonly rules?: readonly SecurityGroupRule[] };

/** The part of an instance that says what its firewall lets in. */
export type Guarded = Pick<Instance, "name" | "public-ip" | "security-groups">;

/** Where a connection to an instance goes. */
export interface Way extends Pick<HostAccess, "bastion"> {
  readonly target: Pick<HostAccess["target"], "host" | "port">;
}

/** Where the rules of some groups let in a TCP port from: networks, and groups in words. Empty: from nowhere. */
export function sourcesLetIn(groups: readonly GroupRules[], port: number): string[] {
  const rules = groups.flatMap((group) => group.rules ?? []).filter((rule) => isForPort(rule, port));
  return [...new Set(rules.map(sourceOf))];
}

function isForPort(rule: SecurityGroupRule, port: number): boolean {
  if (rule["flow-direction"] !== "ingress") return false;
  if (rule.protocol === "all") return true;
  const first = rule["start-port"] ?? 1;
  const last = rule["end-port"] ?? rule["start-port"] ?? 65_535;
  return rule.protocol === "tcp" && [SSH_PORT, port].some((each) => first <= each && each <= last);
}

function sourceOf(rule: SecurityGroupRule): string {
  const group = rule["security-group"];
  return rule.network ?? `members of security group ${printable(group?.name ?? group?.id ?? "")}`;
}

/**
 * Says in an error of an instance that does not answer what its security groups let in.
 *
 * @returns the same error
 */
export async function explainSilence(error: unknown, account: Account, instance: Guarded, way: Way): Promise<unknown> {
  if (!(error instanceof SshUnreachableError || error instanceof SshTimeoutError)) return error;
  error.message = await withGroups(error.message, account, instance, way);
  return error;
}

/** The same in a text about the instance. */
export async function withGroups(text: string, account: Account, instance: Guarded, way: Way): Promise<string> {
  const firewall = await askFirewall(account, instance, way);
  return firewall === undefined ? text : withFirewall(text, firewall);
}

/** A sentence about the groups of an instance that does not answer; undefined if they let in everybody. */
export async function whySilent(account: Account, instance: Guarded, way: Way): Promise<string | undefined> {
  const firewall = await askFirewall(account, instance, way);
  return typeof firewall === "object" ? firewall.says : undefined;
}

/** What the groups of an instance say about a connection; undefined if they are not known, or do not guard its way. */
async function askFirewall(account: Account, instance: Guarded, { target: { host, port }, bastion }: Way) {
  // Groups guard the public address only. Behind a bastion they let in the bastion.
  if (bastion || host !== instance["public-ip"]) return undefined;
  // A failure of these requests must not hide the silence.
  const groups = await readGroups(account, instance).catch(() => undefined);
  if (groups === undefined) return undefined;
  const sources = sourcesLetIn(groups, port);
  if (sources.some((source) => source === "0.0.0.0/0")) return "lets everybody in";
  const says =
    sources.length === 0
      ? `${closedPort(instance.name, groups, port)}.`
      : `Of instance "${printable(instance.name)}", TCP ${port} is open only to ${sources.join(", ")}: is the machine that runs ` +
        "Pulumi there? If not, add a rule for it.";
  return { says: `${says} ${HOW_TO_RESTORE_A_RULE}` };
}

/** The account may lack a rule that the state has: then "pulumi up" alone sees no change. */
const HOW_TO_RESTORE_A_RULE = 'If the program declares one, run "pulumi refresh", then "pulumi up".';

/** What groups none of which lets in the port mean, and what to do. The last sentence has no full stop. */
export function closedPort(instance: string, groups: readonly GroupRules[], port: number): string {
  const names = groups.map(({ name }) => printable(name)).join(", ");
  return groups.length === 0
    ? `Instance "${printable(instance)}" is in no security group, so nothing is let in. Give it one (securityGroups) with a rule ` +
        "for the machine that runs Pulumi"
    : `No security group of instance "${printable(instance)}" (${names}) has a rule that lets in TCP ${port}. Add a rule for the ` +
        "machine that runs Pulumi";
}

async function readGroups(account: Account, instance: Guarded): Promise<SecurityGroup[]> {
  const ids = (instance["security-groups"] ?? []).map(({ id }) => id);
  const groups = await Promise.all(ids.map((id) => account.securityGroups.find(id)));
  return groups.filter((group) => group !== undefined);
}
