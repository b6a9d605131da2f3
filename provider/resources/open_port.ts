import type { Account, HostAccess, Instance, SecurityGroup, SecurityGroupRule } from "../account";
import { SshTimeoutError, SshUnreachableError } from "../errors";

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
  return rule.network ?? `members of security group ${group?.name ?? group?.id}`;
}

/**
 * Adds to an error what the security groups of an instance say about the port, if that may be why it does not answer.
 *
 * @returns the same error
 */
export async function explainSilence(error: unknown, account: Account, instance: Guarded, way: Way): Promise<unknown> {
  if (!(error instanceof SshUnreachableError || error instanceof SshTimeoutError)) return error;
  const why = await whySilent(account, instance, way);
  return why === undefined ? error : error.addSentence(why);
}

/** A sentence about the groups of an instance that does not answer; undefined if they let in everybody. */
export async function whySilent(
  account: Account,
  instance: Guarded,
  { target: { host, port }, bastion }: Way,
): Promise<string | undefined> {
  // Groups guard the public address only. Behind a bastion they let in the bastion.
  if (bastion || host !== instance["public-ip"]) return undefined;
  // A failure of these requests must not hide the silence.
  const groups = await readGroups(account, instance).catch(() => undefined);
  if (groups === undefined) return undefined;
  const sources = sourcesLetIn(groups, port);
  if (sources.some((source) => source === "0.0.0.0/0")) return undefined;
  const closed = closedPort(instance.name, groups, port);
  return sources.length === 0
    ? `${closed}. Add a rule for the machine that runs Pulumi.`
    : `Of instance "${instance.name}", TCP ${port} is open only to ${sources.join(", ")}: is the machine that runs Pulumi there?`;
}

/** The beginning of a sentence about groups none of which lets in the port. */
export function closedPort(instance: string, groups: readonly GroupRules[], port: number): string {
  const names = groups.map(({ name }) => name).join(", ");
  return groups.length === 0
    ? `Instance "${instance}" is in no security group, so nothing is let in`
    : `No security group of instance "${instance}" (${names}) has a rule that lets in TCP ${port}`;
}

async function readGroups(account: Account, instance: Guarded): Promise<SecurityGroup[]> {
  const ids = (instance["security-groups"] ?? []).map(({ id }) => id);
  const groups = await Promise.all(ids.map((id) => account.securityGroups.find(id)));
  return groups.filter((group) => group !== undefined);
}
