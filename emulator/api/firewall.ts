/** Security groups, for the one port that guests have. */
import { inNetwork } from "../network";
import type { RuleRecord } from "./records";
import type { World } from "./world";

/** The port that rules are written for; guests listen on another one because 22 needs root. */
const SSH_PORT = 22;

/** Where a rule is applied. */
export interface FirewallContext {
  readonly world: World;
  readonly instanceId: string;
  /** The guests' port: a rule for it counts as one for 22. */
  readonly sshPort: number;
}

/** Whether some ingress rule of the instance's groups lets an SSH connection from this address in. */
export function admits({ world, instanceId, sshPort }: FirewallContext, remoteAddress: string): boolean {
  const instance = world.instances.find(({ id }) => id === instanceId);
  const peer = world.instances.find(({ address }) => address === remoteAddress);
  const source = peer ? remoteAddress : (world.settings.clientAddress ?? remoteAddress);
  const rules = (instance?.securityGroups ?? []).flatMap((id) => world.securityGroups.get(id)?.rules ?? []);
  return rules.some((rule) => {
    const from = rule["security-group"]
      ? peer?.securityGroups.includes(rule["security-group"].id)
      : inNetwork(rule.network, source);
    return coversSsh(rule, sshPort) && from === true;
  });
}

function coversSsh(rule: RuleRecord, sshPort: number): boolean {
  if (rule["flow-direction"] !== "ingress") return false;
  if (rule.protocol === "all") return true;
  const start = rule["start-port"] ?? 1;
  const end = rule["end-port"] ?? rule["start-port"] ?? 65_535;
  return rule.protocol === "tcp" && [SSH_PORT, sshPort].some((port) => start <= port && port <= end);
}
