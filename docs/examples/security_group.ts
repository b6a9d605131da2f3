import { allowSsh, SecurityGroup } from "pulumi-exoscale-ssh";

export const bastion = new SecurityGroup("bastion", {
  description: "SSH from the office, monitoring from the other machines",
  rules: [
    ...allowSsh("192.0.2.0/24", "2001:db8::/32"),
    { protocol: "tcp", startPort: 9100, network: "198.51.100.7/32", description: "node exporter" },
    { protocol: "icmp", icmp: { type: 8, code: 0 }, network: "0.0.0.0/0" },
  ],
});
