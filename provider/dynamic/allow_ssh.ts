import type * as pulumi from "@pulumi/pulumi";
import type { SecurityGroupRuleArgs } from "./resources.gen";

/**
 * Rules of a security group that allow SSH: TCP port 22, from the given networks.
 *
 * @param networks in CIDR notation, such as `192.0.2.0/24`; `0.0.0.0/0` and `::/0` are everyone
 */
export function allowSsh(...networks: readonly pulumi.Input<string>[]): SecurityGroupRuleArgs[] {
  return networks.map((network) => ({
    protocol: "tcp",
    startPort: 22,
    endPort: 22,
    network,
    description: "SSH",
  }));
}
