/** Decides by security groups who reaches the SSH port of a guest. */
import { inNetwork } from "../network";
import type { InstanceRecord, RuleRecord, SecurityGroupRecord } from "./records";

/** The port that rules name. Guests listen on another one, because port 22 needs root. */
export const SSH_PORT = 22;

/** What the decision depends on, as it is at the time of the connection. */
export interface FirewallState {
  /** The instances of every zone. */
  readonly instances: readonly InstanceRecord[];
  /** The security groups, by id. */
  readonly groups: ReadonlyMap<string, SecurityGroupRecord>;
  /** The source address of connections that do not come from a guest; undefined: the real one. */
  readonly clientAddress: string | undefined;
  /** The guests' port. A rule for it has the same effect as one for 22. */
  readonly sshPort: number;
}

/** Whether an ingress rule of the instance's groups allows an SSH connection from this address. */
export function allowsSsh(state: FirewallState, instanceId: string, remoteAddress: string): boolean {
  const { instances, groups, clientAddress, sshPort } = state;
  const instance = instances.find(({ id }) => id === instanceId);
  const peer = instances.find(({ address }) => address === remoteAddress);
  const source = peer ? remoteAddress : (clientAddress ?? remoteAddress);
  const rules = (instance?.securityGroups ?? []).flatMap((id) => groups.get(id)?.rules ?? []);
  return rules.some((rule) => {
    const from = rule["security-group"]
      ? peer?.securityGroups.includes(rule["security-group"].id)
      : inNetwork(rule.network, source);
    return opensSsh(rule, sshPort) && from === true;
  });
}

/** Whether a rule lets some connection to the SSH port in. @param sshPort the guests' port */
export function opensSsh(rule: RuleRecord, sshPort: number): boolean {
  if (rule["flow-direction"] !== "ingress") return false;
  if (rule.protocol === "all") return true;
  const start = rule["start-port"] ?? 1;
  const end = rule["end-port"] ?? rule["start-port"] ?? 65_535;
  return rule.protocol === "tcp" && [SSH_PORT, sshPort].some((port) => start <= port && port <= end);
}
